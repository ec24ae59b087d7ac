"""All collections of the gateway's identity part, and how their documents become values."""

from datetime import timedelta

from kit.mongo import Collection, Index
from kit.records import Record
from services.gateway.domain.apps import App
from services.gateway.domain.districts import District
from services.gateway.domain.oauth import Grant, SignIn
from services.gateway.domain.sign_in_links import SignInLink

DISTRICTS = Collection("districts", shard_key=("slug",), indexes=(Index(("slug",), unique=True),))
APPS = Collection("apps", shard_key=("district_id", "_id"), indexes=(Index(("district_id", "name", "_id")),))
SIGN_INS = Collection(
    "sign_ins",
    shard_key=("district_id", "_id"),
    indexes=(Index(("expires_at",), expires_after=timedelta(0)),),
)
GRANTS = Collection(
    "grants",
    shard_key=("district_id", "_id"),
    indexes=(
        Index(("district_id", "person_id")),
        Index(("expires_at",), expires_after=timedelta(days=1)),
    ),
)
# One row a person, which stays until the person is forgotten: its version orders the facts about their links.
SIGN_IN_LINKS = Collection("sign_in_links", shard_key=("district_id", "_id"))

DISTRICT = Record(District, "district_id")
APP = Record(App, "app_id")
SIGN_IN = Record(SignIn, "sign_in_id")
GRANT = Record(Grant, "grant_id")
SIGN_IN_LINK = Record(SignInLink, "person_id")

IDENTITY = (DISTRICTS, APPS, SIGN_INS, GRANTS, SIGN_IN_LINKS)
