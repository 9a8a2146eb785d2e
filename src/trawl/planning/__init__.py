"""Planning: from a query's text to relations that an engine can run."""

from trawl.planning.plan import Plan, Request, Step
from trawl.planning.planner import PREVIOUS, plan, resume
from trawl.planning.split import Cut, split

__all__ = ["PREVIOUS", "Cut", "Plan", "Request", "Step", "plan", "resume", "split"]
