"""Boards: dashboards for analysts and managers who do not code.

Every board is built the same way: a frozen state says what is asked, a function without any widget answers it, and the
board shows the answer. What can be wrong is tested without a browser. Each opens on the sample data with one call, such
as ``boards.allocation()``, and on your own with the same: ``boards.allocation(incidents, areas=areas)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.boards.allocating import AllocationBoard as AllocationBoard
    from ilp_lab.boards.allocating import allocation as allocation
    from ilp_lab.boards.allocationlooks import AllocationState as AllocationState
    from ilp_lab.boards.allocationlooks import compute_allocation as compute_allocation
    from ilp_lab.boards.classboard import ClassConsoleBoard as ClassConsoleBoard
    from ilp_lab.boards.classboard import class_console as class_console
    from ilp_lab.boards.classlooks import ClassConsoleState as ClassConsoleState
    from ilp_lab.boards.classlooks import compute_class_console as compute_class_console
    from ilp_lab.boards.entityreview import EntityReviewBoard as EntityReviewBoard
    from ilp_lab.boards.entityreview import entity_review as entity_review
    from ilp_lab.boards.frame import Board as Board
    from ilp_lab.boards.hotspots import HotSpotBoard as HotSpotBoard
    from ilp_lab.boards.hotspots import HotSpotState as HotSpotState
    from ilp_lab.boards.hotspots import compute_hot_spots as compute_hot_spots
    from ilp_lab.boards.hotspots import hot_spots as hot_spots
    from ilp_lab.boards.mapboard import CrimeMapBoard as CrimeMapBoard
    from ilp_lab.boards.mapboard import CrimeMapState as CrimeMapState
    from ilp_lab.boards.mapboard import compute_crime_map as compute_crime_map
    from ilp_lab.boards.mapboard import crime_map as crime_map
    from ilp_lab.boards.meetingboard import TaskingMeetingBoard as TaskingMeetingBoard
    from ilp_lab.boards.meetingboard import tasking_meeting as tasking_meeting
    from ilp_lab.boards.meetinglooks import TaskingMeetingState as TaskingMeetingState
    from ilp_lab.boards.meetinglooks import compute_tasking_meeting as compute_tasking_meeting
    from ilp_lab.boards.networkexploring import NetworkBoard as NetworkBoard
    from ilp_lab.boards.networkexploring import network_explorer as network_explorer
    from ilp_lab.boards.networklooks import NetworkState as NetworkState
    from ilp_lab.boards.networklooks import compute_network as compute_network
    from ilp_lab.boards.optionboard import OptionsBoard as OptionsBoard
    from ilp_lab.boards.optionboard import OptionsState as OptionsState
    from ilp_lab.boards.optionboard import compute_options as compute_options
    from ilp_lab.boards.optionboard import options as options
    from ilp_lab.boards.priorityboard import PrioritiesBoard as PrioritiesBoard
    from ilp_lab.boards.priorityboard import PrioritiesState as PrioritiesState
    from ilp_lab.boards.priorityboard import compute_priorities as compute_priorities
    from ilp_lab.boards.priorityboard import priorities as priorities
    from ilp_lab.boards.readinessboard import ReadinessBoard as ReadinessBoard
    from ilp_lab.boards.readinessboard import readiness as readiness
    from ilp_lab.boards.readinesslooks import ReadinessState as ReadinessState
    from ilp_lab.boards.readinesslooks import compute_readiness as compute_readiness
    from ilp_lab.boards.repeatboard import NearRepeatBoard as NearRepeatBoard
    from ilp_lab.boards.repeatboard import NearRepeatState as NearRepeatState
    from ilp_lab.boards.repeatboard import compute_near_repeat as compute_near_repeat
    from ilp_lab.boards.repeatboard import near_repeat as near_repeat
    from ilp_lab.boards.reportdesk import ReportDeskBoard as ReportDeskBoard
    from ilp_lab.boards.reportdesk import report_desk as report_desk
    from ilp_lab.boards.reportlooks import ReportDeskState as ReportDeskState
    from ilp_lab.boards.reportlooks import compute_report_desk as compute_report_desk
    from ilp_lab.boards.reviewlooks import EntityReviewState as EntityReviewState
    from ilp_lab.boards.reviewlooks import compute_entity_review as compute_entity_review
    from ilp_lab.boards.safeguardboard import SafeguardsBoard as SafeguardsBoard
    from ilp_lab.boards.safeguardboard import SafeguardsState as SafeguardsState
    from ilp_lab.boards.safeguardboard import compute_safeguards as compute_safeguards
    from ilp_lab.boards.safeguardboard import safeguards as safeguards
    from ilp_lab.boards.showing import View as View
    from ilp_lab.boards.timeboard import TimeExceptionsBoard as TimeExceptionsBoard
    from ilp_lab.boards.timeboard import TimeExceptionsState as TimeExceptionsState
    from ilp_lab.boards.timeboard import compute_time_exceptions as compute_time_exceptions
    from ilp_lab.boards.timeboard import time_exceptions as time_exceptions

_NAMES = {
    "AllocationBoard": "allocating",
    "AllocationState": "allocationlooks",
    "allocation": "allocating",
    "compute_allocation": "allocationlooks",
    "ClassConsoleBoard": "classboard",
    "ClassConsoleState": "classlooks",
    "class_console": "classboard",
    "compute_class_console": "classlooks",
    "Board": "frame",
    "EntityReviewBoard": "entityreview",
    "EntityReviewState": "reviewlooks",
    "compute_entity_review": "reviewlooks",
    "entity_review": "entityreview",
    "HotSpotBoard": "hotspots",
    "HotSpotState": "hotspots",
    "compute_hot_spots": "hotspots",
    "hot_spots": "hotspots",
    "NetworkBoard": "networkexploring",
    "NetworkState": "networklooks",
    "compute_network": "networklooks",
    "network_explorer": "networkexploring",
    "CrimeMapBoard": "mapboard",
    "CrimeMapState": "mapboard",
    "compute_crime_map": "mapboard",
    "crime_map": "mapboard",
    "TimeExceptionsBoard": "timeboard",
    "TimeExceptionsState": "timeboard",
    "compute_time_exceptions": "timeboard",
    "time_exceptions": "timeboard",
    "NearRepeatBoard": "repeatboard",
    "NearRepeatState": "repeatboard",
    "compute_near_repeat": "repeatboard",
    "near_repeat": "repeatboard",
    "OptionsBoard": "optionboard",
    "OptionsState": "optionboard",
    "compute_options": "optionboard",
    "options": "optionboard",
    "PrioritiesBoard": "priorityboard",
    "PrioritiesState": "priorityboard",
    "compute_priorities": "priorityboard",
    "priorities": "priorityboard",
    "ReadinessBoard": "readinessboard",
    "ReadinessState": "readinesslooks",
    "compute_readiness": "readinesslooks",
    "readiness": "readinessboard",
    "ReportDeskBoard": "reportdesk",
    "ReportDeskState": "reportlooks",
    "compute_report_desk": "reportlooks",
    "report_desk": "reportdesk",
    "SafeguardsBoard": "safeguardboard",
    "SafeguardsState": "safeguardboard",
    "compute_safeguards": "safeguardboard",
    "safeguards": "safeguardboard",
    "TaskingMeetingBoard": "meetingboard",
    "TaskingMeetingState": "meetinglooks",
    "compute_tasking_meeting": "meetinglooks",
    "tasking_meeting": "meetingboard",
    "View": "showing",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
