"""Fixtures every test may ask for."""

from tests.support.servers import kafka, mongod

__all__ = ["kafka", "mongod"]
