"""Watching: departments are answered as their files come to rest, reports are made when they are due.

Everything that must outlive the process is in the ledger and in the files themselves; what a watch
keeps in memory only spares work. So it may be killed at any moment and started again.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import schedule
from filelock import FileLock, Timeout

from generators.duetime import due_between, next_due
from generators.intake.inbox import Inbox, list_inbox
from generators.intake.passed_over import department_names
from generators.intake.settling import Look, Settling, Stamp, stamp_of
from generators.ledger import DueSlots
from generators.logs import event
from generators.messages import line
from generators.model import Definition, EventKind, Finding, Happening, Severity
from generators.names import shown_path
from generators.pipeline import Run, answer, passing, run
from generators.rights import PRIVATE_FILE
from generators.support.own_thread import in_own_thread
from generators.taking import Readings
from generators.unforeseen import unforeseen
from generators.user import operator
from generators.workspace import Workspace, open_ledger, open_pack, pack_names

INTERVAL = 5
"""Seconds between two looks at the inbox."""
GRACE = dt.timedelta(minutes=10)
"""How long a report that is due waits for files that are being written."""
_RETRIES = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
"""When a job that could not be done is tried again; the last one for ever."""

_MADE_UP = dt.timedelta(days=400)
"""How far back slots are made up; so that a clock that is ages ahead does not make up ages."""
_SUSPENDED = dt.timedelta(hours=1)
"""How much later than the one before a look is told of: the machine was suspended, or its clock set."""
_PUT_BACK = dt.timedelta(minutes=1)
"""How much earlier it is told of: clocks are kept right by less all the time."""

_SHOWN = 20
"""How many files an event names."""
_QUOTED = 5
"""How many findings an event quotes."""

Clock = Callable[[], dt.datetime]
"""Tells the time, aware; :func:`now` but in tests."""


def now() -> dt.datetime:
    """The present moment in UTC."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class Answered:
    """Departments were answered, or a report was made (``due`` are its slots): what came of it."""

    pack: str
    run: Run
    due: tuple[dt.datetime, ...] = ()


@dataclass
class _Later:
    """A job that could not be done: when it is tried again, and how often it was."""

    at: dt.datetime
    tries: int = 0


@dataclass
class _Pack:
    """What a watch remembers of one report pack.

    ``planned`` says that ``due`` is the next slot by the ledger and the clock; ``clock_told`` that
    the log has been told of a clock that was put back just now.
    """

    answered: Mapping[Path, Stamp] | None = None
    definition: Definition | None = None
    stamps: tuple[Stamp | None, ...] = ()
    due: dt.datetime | None = None
    planned: bool = False
    clock_told: bool = False
    readings: Readings = field(default_factory=dict)
    later: dict[str, _Later] = field(default_factory=dict)


class Watch:
    """One watch over a workspace: every :meth:`look` does what has become due since the last one."""

    def __init__(self, workspace: Workspace, pack: str | None = None, clock: Clock = now) -> None:
        self._workspace, self._only, self._clock = workspace, pack, clock
        self._settling = Settling()
        self._packs: dict[str, _Pack] = {}
        self._refused: dict[Path, Stamp] = {}
        """What lies in the inbox and is no file: that it has come or gone is told too."""
        self._unsettled_since: dt.datetime | None = None
        self._before: dt.datetime | None = None
        """When the last look began."""
        self._troubles: dict[str, str] = {}
        """What is wrong at present, by what it is about, so that it is logged once."""

    def look(self) -> list[Answered]:
        """Look at the inbox and the clock once, and do what is to be done; never raises."""
        moment = self._clock()
        clock_told = self._watch_the_clock(moment)
        done: list[Answered] = []
        names = (self._only,) if self._only else pack_names(self._workspace)
        gone = not self._workspace.inbox.is_dir()
        self._trouble("inbox", "watch-no-inbox" if gone else "", folder=self._workspace.inbox)
        self._trouble("packs", "" if names else "watch-no-pack", folder=self._workspace.templates)
        look = Look({}, frozenset())
        if not gone:
            try:
                inbox = self._inbox()
                paths = [item.path for item in inbox.files]
                look = self._settling.look(paths, self._workspace.inbox)
                refused = [self._workspace.inbox / item.file for item in (*inbox.refused, *inbox.unseen)]
                self._refused = dict.fromkeys(refused, Stamp(0, 0))
            except OSError as error:  # the share went while it was read
                self._trouble("inbox", "watch-unreadable", folder=self._workspace.inbox, error=error)
                gone = True
        since = self._unsettled_since or moment
        self._unsettled_since = since if look.unsettled else None
        for name in names:
            state = self._packs.setdefault(name, _Pack())
            state.clock_told = clock_told
            for job in (self._answer, self._make_report):
                if job == self._answer and gone:
                    continue
                try:
                    came = job(name, state, look, moment)
                except Exception as error:
                    # Whatever it is, the other jobs and the next look go on.
                    self._failed(name, state, job.__name__, moment, error)
                    continue
                if came is not None:
                    done.append(came)
        return done

    @property
    def waits(self) -> bool:
        """Whether files are being written that the next look may find at rest."""
        return self._settling.waits

    # --- departments ----------------------------------------------------------------------------------

    def _answer(self, name: str, state: _Pack, look: Look, moment: dt.datetime) -> Answered | None:
        """Answer the departments where a file, or what files are judged by, has changed."""
        judged_by = self._pack_stamps(name)
        before = state.answered or {}
        seen = {
            **self._refused,
            **look.settled,
            **{path: stamp for path, stamp in judged_by.items() if stamp},
        }
        # A file that is being written is what it was until it is at rest again.
        seen |= {path: before[path] for path in look.unsettled if path in before}
        if look.first or seen == state.answered or self._waits(state, "_answer", moment):
            return None
        done = answer(
            self._workspace, name, None, _silently, unsettled=look.unsettled, before=state.readings
        )
        if self._is_undone(name, state, "_answer", moment, done):
            return None
        changed = [path for path in look.settled if before.get(path) != look.settled[path]]
        done.log(
            "inbox-answered",
            changed=len(changed),
            files=[self._shown(path) for path in changed][:_SHOWN] or None,
            removed=len([path for path in before if path not in seen]) or None,
        )
        # What seemed unfinished when it was read is answered once more, until it is whole or old.
        state.answered = {path: stamp for path, stamp in seen.items() if path not in done.unfinished}
        return Answered(name, done)

    # --- reports --------------------------------------------------------------------------------------

    def _make_report(self, name: str, state: _Pack, look: Look, moment: dt.datetime) -> Answered | None:
        """Make the report where a slot has come since the last one that was seen to."""
        job = "_make_report"
        if self._waits(state, job, moment):
            return None
        definition = self._definition(name, state)
        if definition is None:
            return None
        if not state.planned:
            self._plan(name, state, definition, moment)
        if state.due is None or moment < state.due:
            self._over(name, state, job)
            return None
        # Of a file that was seen once nobody knows yet; at the first look that is true of all.
        writing = self._unsettled_since
        if look.first or (writing is not None and moment < max(state.due, writing) + GRACE):
            return None
        with open_ledger(self._workspace) as ledger:
            seen_to = ledger.last_slot(name, moment) or moment
        due = due_between(definition, max(seen_to, moment - _MADE_UP), moment)
        if not due:  # another watch has seen to it
            state.due = next_due(definition, moment)
            return None
        event("slot-due", pack=name, slots=[f"{item:%Y-%m-%dT%H:%MZ}" for item in due])
        slots = DueSlots(tuple(due), moment)
        done = run(
            self._workspace,
            name,
            None,
            _silently,
            unsettled=look.unsettled,
            slots=slots,
            before=state.readings,
        )
        if not done.served:
            why = passing(done) or [item for item in done.findings if item.severity is not Severity.INFO]
            self._put_off(name, state, job, moment, [line(item, "en") for item in why][:_QUOTED])
            return None
        self._over(name, state, job)
        state.due = next_due(definition, due[-1])
        done.log("slot-done", next=state.due)
        return Answered(name, done, slots.due)

    def _plan(self, name: str, state: _Pack, definition: Definition, moment: dt.datetime) -> None:
        """Work out when the report is due next, by what the ledger says was seen to."""
        told = Happening(EventKind.CLOCK, operator(), *definition.key)
        with open_ledger(self._workspace) as ledger:
            put_back = ledger.set_clock_back(told, moment)
            seen_to = ledger.last_slot(name, moment)
            if seen_to is None:
                seen_to = moment
                ledger.keep_slots(name, [moment], None, moment)
        if put_back is not None:
            was, again = put_back
            if not state.clock_told:
                event("watch-clock", level=logging.WARNING, was=was, now=moment)
            event("slots-due-again", level=logging.WARNING, pack=name, since=again, until=was)
        state.due = next_due(definition, max(seen_to, moment - _MADE_UP))
        state.planned = True
        event("watch-next", pack=name, slot=definition.settings.weekly_slot, due=state.due)

    def _definition(self, name: str, state: _Pack) -> Definition | None:
        """The pack's definition, read again when it changed; the next slot is worked out anew then."""
        stamps = tuple(self._pack_stamps(name).values())
        if state.stamps != stamps or state.definition is None:
            opened = open_pack(self._workspace, name, None)
            self._trouble(
                f"definition {name}",
                "" if opened.value else "watch-definition",
                pack=name,
                findings=[line(item, "en") for item in opened.findings][:_QUOTED],
            )
            if opened.value is None:
                return None
            state.stamps, state.definition = stamps, opened.value
            state.planned = False
        return state.definition

    # --- the clock ------------------------------------------------------------------------------------

    def _watch_the_clock(self, moment: dt.datetime) -> bool:
        """Tell where the clock jumped since the last look, and plan anew where it was put back.

        Returns whether it was told that it was put back.
        """
        before, self._before = self._before, moment
        if before is None:
            return False
        if moment < before:
            if self._unsettled_since is not None:
                self._unsettled_since = min(self._unsettled_since, moment)
            for state in self._packs.values():
                state.planned = False
        put_back = moment < before - _PUT_BACK
        if put_back or moment > before + _SUSPENDED:
            event("watch-clock", level=logging.WARNING, was=before, now=moment)
        return put_back

    # --- what could not be done -----------------------------------------------------------------------

    def _is_undone(self, name: str, state: _Pack, job: str, moment: dt.datetime, done: Run) -> bool:
        """Whether a job must be tried again: nothing was written, for a reason that may pass."""
        why = passing(done)
        if not why:
            self._over(name, state, job)
            return False
        self._put_off(name, state, job, moment, [line(item, "en") for item in why])
        return True

    def _over(self, name: str, state: _Pack, job: str) -> None:
        """Forget that a job could not be done."""
        state.later.pop(job, None)
        self._trouble(f"{job} {name}", "")

    def _failed(self, name: str, state: _Pack, job: str, moment: dt.datetime, error: Exception) -> None:
        event("job-failed", level=logging.ERROR, error=error, job=job.strip("_"), pack=name)
        finding = unforeseen(error, quiet=True)
        self._put_off(name, state, job, moment, [line(finding, "en")])

    def _put_off(
        self, name: str, state: _Pack, job: str, moment: dt.datetime, why: Sequence[str]
    ) -> None:
        tries = state.later[job].tries if job in state.later else 0
        at = moment + _RETRIES[min(tries, len(_RETRIES) - 1)]
        state.later[job] = _Later(at, tries + 1)
        told = {"job": job.strip("_"), "pack": name, "why": list(why), "again": at}
        self._trouble(f"{job} {name}", "job-put-off", **told)

    def _waits(self, state: _Pack, job: str, moment: dt.datetime) -> bool:
        """Whether a job that failed is not to be tried again yet; a clock put back is no reason."""
        later = state.later.get(job)
        return later is not None and later.at - _RETRIES[-1] <= moment < later.at

    def _trouble(self, about: str, name: str, **fields: object) -> None:
        """Log what is wrong when it begins or changes, and when it is over (``name`` empty)."""
        told = f"{name} {fields.get('why')}" if name else ""
        if self._troubles.get(about, "") == told:
            return
        if told:
            self._troubles[about] = told
            error = fields.pop("error", None)
            known = error if isinstance(error, BaseException) else None
            event(name, level=logging.WARNING, error=known, **fields)
        else:
            del self._troubles[about]
            event("trouble-over", about=about.strip("_"))

    # --- files ----------------------------------------------------------------------------------------

    def _pack_stamps(self, name: str) -> dict[Path, Stamp | None]:
        """The stamps of the files that a pack consists of."""
        folder = self._workspace.templates / name
        return {path: stamp_of(path) for path in sorted(folder.glob("*.*")) if path.is_file()}

    def _inbox(self) -> Inbox:
        """What a run finds in the inbox, as far as the packs' departments are known."""
        known = [state.definition for state in self._packs.values() if state.definition is not None]
        return list_inbox(self._workspace.inbox, department_names(known))

    def _shown(self, path: Path) -> str:
        return shown_path(path.relative_to(self._workspace.inbox).as_posix())


def watch(
    workspace: Workspace, pack: str | None, stop: Event, *, interval: int = INTERVAL
) -> Finding | None:
    """Watch until ``stop`` is set; returns why it could not begin, ``None`` when it was stopped.

    ``interval`` is the time between two looks in seconds.
    """
    workspace.watch_lock.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(workspace.watch_lock, timeout=0, mode=PRIVATE_FILE):
            event("watch-started", workspace=workspace.root, pack=pack, interval=interval)
            _until(stop, Watch(workspace, pack), interval)
            event("watch-stopped")
    except Timeout:
        return Finding("run.watched", Severity.ERROR, params={"folder": str(workspace.root)})
    return None


def watch_once(
    workspace: Workspace, pack: str | None, *, interval: int = INTERVAL, stop: Event | None = None
) -> tuple[list[Answered], Finding | None]:
    """Look at the inbox until what lies there is at rest, do what is due, and return what was done.

    For schedulers outside. Waits for files that are being written, for a minute at the most.
    """
    stop = stop or Event()
    workspace.watch_lock.parent.mkdir(parents=True, exist_ok=True)
    done: list[Answered] = []
    try:
        with FileLock(workspace.watch_lock, timeout=0, mode=PRIVATE_FILE):
            watcher = Watch(workspace, pack)
            looks = max(2, int(60 / interval))
            for number in range(looks):
                done += watcher.look()
                if (number and not watcher.waits) or stop.wait(interval):
                    break
    except Timeout:
        return [], Finding("run.watched", Severity.INFO, params={"folder": str(workspace.root)})
    return done, None


def _until(stop: Event, watcher: Watch, interval: int) -> None:
    """Look again and again.

    The library counts by the machine's clock: where that is put back, the next look would lie as far
    ahead, and the jobs are planned anew.
    """

    def look() -> None:
        try:
            # Also what parsers met in Word documents is forgotten after each look.
            in_own_thread(watcher.look)
        except Exception as error:  # the loop lives on, whatever comes
            event("watch-failed", level=logging.ERROR, error=error)

    plan = schedule.Scheduler()
    plan.every(interval).seconds.do(look)
    plan.run_all()
    while not stop.is_set():
        plan.run_pending()
        idle = plan.idle_seconds
        if idle is None or idle > 2 * interval:
            plan.clear()
            plan.every(interval).seconds.do(look)
            idle = interval
        stop.wait(max(idle, 0.05))


def _silently(_: str, paths: Sequence[Path]) -> Sequence[Path]:
    return paths
