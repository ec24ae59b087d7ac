"""Where the organisations of a roster are: which school, or the district itself."""

from kit.transaction import Rows
from services.profile.domain.projection import Organisation, places_of
from services.profile.store.roster_rows import rows_of_file, sourced_id_of


async def places(rows: Rows, district_id: str) -> dict[str, str]:
    """Roster number -> our id, for every organisation that is somewhere in the district (a few hundred)."""
    found = await rows.find(
        rows_of_file(district_id, "orgs"), fields=["values.type", "values.parentSourcedId", "entity_id"]
    )
    return places_of(
        {
            sourced_id_of(row["_id"]): Organisation(
                row["values"]["type"], row["values"].get("parentSourcedId"), row.get("entity_id")
            )
            for row in found
        }
    )
