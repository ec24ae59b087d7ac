"""The pages themselves, one package an area; each declares `PAGES`, and stands here in one line."""

from services.web.pages.everyone import PAGES as EVERYONE
from services.web.pages.growth import PAGES as GROWTH
from services.web.pages.office import PAGES as OFFICE
from services.web.pages.partner import PAGES as PARTNER
from services.web.pages.student import PAGES as STUDENT
from services.web.pages.teacher import PAGES as TEACHER
from services.web.visiting.pages import Pages

PAGES = Pages().include(
    EVERYONE,
    STUDENT,
    GROWTH,
    TEACHER,
    OFFICE,
    PARTNER,
)
