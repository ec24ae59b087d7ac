"""What was removed of forgotten people: the opaque id and how many documents, nothing else."""

from kit.mongo import Collection

ERASURES = Collection("erasures", shard_key=("district_id", "_id"))
