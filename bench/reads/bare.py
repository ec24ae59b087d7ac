"""The peer: FastAPI, and for each question the one query that answers it, its documents sent as they are."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import uvicorn
from fastapi import FastAPI
from motor.motor_asyncio import AsyncIOMotorClient

from services.scheduler.store.occurrences import OCCURRENCES
from services.scheduler.store.weeks import WEEKS

Rows = list[dict[str, Any]]


def application(mongo_url: str) -> FastAPI:
    """Three routes; nobody is asked who they are."""

    @asynccontextmanager
    async def open_store(app: FastAPI) -> AsyncIterator[None]:
        client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongo_url, tz_aware=True)
        app.state.database = client["trellis_scheduler"]
        yield
        client.close()

    app = FastAPI(lifespan=open_store)

    @app.get("/{district_id}/week/{person_id}")
    async def week(district_id: str, person_id: str, of: str) -> Rows:
        where = {"district_id": district_id, "student_id": person_id, "week": of}
        found: Rows = await app.state.database[WEEKS.name].find(where).to_list(None)
        return found

    @app.get("/{district_id}/openings/{school_id}")
    async def openings(district_id: str, school_id: str, first: str, last: str) -> Rows:
        where = {"district_id": district_id, "school_id": school_id, "day": {"$gte": first, "$lte": last}}
        found: Rows = await app.state.database[OCCURRENCES.name].find(where).to_list(None)
        return found

    @app.get("/{district_id}/roll/{occurrence_id}")
    async def roll(district_id: str, occurrence_id: str) -> Rows:
        where = {"district_id": district_id, "places.occurrence_id": occurrence_id}
        found: Rows = await app.state.database[WEEKS.name].find(where).to_list(None)
        return found

    return app


def main(settings: str, port: str) -> None:
    mongo_url = orjson.loads(Path(settings).read_bytes())["mongo_url"]
    uvicorn.run(application(mongo_url), host="127.0.0.1", port=int(port), log_level="error", access_log=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
