"""What the gateway keeps, seen from beside it."""

from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient

from deploy.local.mongo import Mongo


async def documents(mongod: Mongo, collection: str, where: dict[str, Any]) -> list[dict[str, Any]]:
    """All documents of the gateway's collection that match."""
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongod.url_for("gateway"))
    try:
        return await client["trellis_gateway"][collection].find(where).to_list(None)
    finally:
        client.close()
