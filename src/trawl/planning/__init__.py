"""Planning: from a query's text to relations that an engine can run."""

from trawl.planning.plan import Answers, Plan, Request, Step
from trawl.planning.planner import PREVIOUS, plan, resume
from trawl.planning.split import Cut, split

__all__ = ["PREVIOUS", "Answers", "Cut", "Plan", "Request", "Step", "plan", "resume", "split"]
