"""What profile does about what others announce: one table."""

from contracts.community import (
    CommunityErased,
    ProjectMemberJoined,
    ProjectMemberLeft,
    ProjectPartnerJoined,
    ProjectShown,
)
from contracts.gateway import DistrictOpened, GatewayErased
from contracts.scheduler import PlacementAttended, PlacementCancelled, PlacementMade, PlacementRestored, SchedulerErased
from kit.consumer.heard import Subscriptions
from services.profile.actions.collect_removals import collect_removals
from services.profile.actions.follow_placements import attend_step, follow_plan
from services.profile.actions.grow_skill import grow_from_project
from services.profile.views.district_days import remember_district
from services.profile.views.project_partners import remember_partner, remember_team_place

SUBSCRIPTIONS: Subscriptions = {
    SchedulerErased.TYPE: (SchedulerErased, collect_removals),
    CommunityErased.TYPE: (CommunityErased, collect_removals),
    GatewayErased.TYPE: (GatewayErased, collect_removals),
    DistrictOpened.TYPE: (DistrictOpened, remember_district),
    PlacementMade.TYPE: (PlacementMade, follow_plan),
    PlacementRestored.TYPE: (PlacementRestored, follow_plan),
    PlacementCancelled.TYPE: (PlacementCancelled, follow_plan),
    PlacementAttended.TYPE: (PlacementAttended, attend_step),
    ProjectPartnerJoined.TYPE: (ProjectPartnerJoined, remember_partner),
    ProjectMemberJoined.TYPE: (ProjectMemberJoined, remember_team_place),
    ProjectMemberLeft.TYPE: (ProjectMemberLeft, remember_team_place),
    ProjectShown.TYPE: (ProjectShown, grow_from_project),
}
