"""A ledger in PostgreSQL: the whole flow, the guards of its log, and what is said where it fails."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from generators import publishing
from generators.ledger import (
    LEDGER_VARIABLE,
    Asked,
    Ledger,
    LedgerAddressError,
    existing_ledger,
    sqlite_url,
)
from generators.ledger import engine as engines
from generators.ledger.guards import EVENT_TRIGGERS
from generators.locking import reopen
from generators.logs import close_log, open_log
from generators.messages import action, message
from generators.model import EventKind, Finding, Happening
from generators.pipeline import Run
from generators.publishing import Wish, publish
from generators.scheduling import Watch
from generators.unforeseen import unforeseen
from generators.verifying import accept, verify
from generators.workspace import Workspace, open_ledger, open_pack
from tests.conftest import CHECKOUT, huibao
from tests.postgres import ENCODED, PASSWORD, Server, running_server
from tests.small_workspace import hand_in, ran, small_workspace
from tests.test_cli import call
from tests.test_watch import CHANGED, FRIDAY, START, STEM
from tests.workbooks import FILLED

SECRETS = (PASSWORD, ENCODED, "Geheim")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server() as running:
        yield running


@pytest.fixture
def city(server: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database, which the ledger is to be in."""
    name = server.new_database()
    monkeypatch.setenv(LEDGER_VARIABLE, server.address(name))
    return name


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return small_workspace(tmp_path / "workspace")


def failed(work: Callable[[], object]) -> Finding:
    """What is said of work that the ledger lets down."""
    with pytest.raises((DBAPIError, LedgerAddressError)) as caught:
        work()
    finding = unforeseen(caught.value, quiet=True)
    for language in ("zh", "en"):
        text = message(finding, language) + action(finding, language)
        assert not any(secret in text for secret in SECRETS), text
        assert "damaged and" not in text and "移到别处" not in text and "Traceback" not in text
    return finding


def said(work: Callable[[], object]) -> tuple[str, str]:
    finding = failed(work)
    return finding.code, finding.params.get("place", "")


# --- the flow ---------------------------------------------------------------------------------------


def test_the_whole_flow_works_and_gives_what_sqlite_gives(
    city: str, place: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    twin = Workspace(shutil.copytree(place.root, tmp_path / "twin", copy_function=shutil.copy2))

    def both_run() -> None:
        assert ran(place).exit_code == 0
        with monkeypatch.context() as patched:
            patched.delenv(LEDGER_VARIABLE)
            assert ran(twin).exit_code == 0

    both_run()
    shutil.copy2(hand_in(place, FILLED, CHANGED), twin.inbox)
    both_run()
    both_run()
    for name in (f"{STEM}.docx", f"{STEM}-汇总表.xlsx"):
        assert (place.reports / name).read_bytes() == (twin.reports / name).read_bytes()
    assert not place.ledger.exists()

    for command in (["issue"], ["status"], ["history", "渔业总产值"], ["audit-log"]):
        assert huibao(place.root, *command).code in (0, 1), command
    assert huibao(place.root, "trace", "渔业总产值").code == 0
    assert verify(place).intact
    monkeypatch.setattr(publishing, "find_office", lambda: None)
    done = publish(place, None, None, Wish(date="2031-12-20"), lambda _, paths: paths)
    assert done.publication is not None, done.findings
    assert ran(place).exit_code == 0, "nothing new for a closed period"
    definition = open_pack(place, None, None).value
    assert definition is not None
    assert reopen(place, definition, "更正").exit_code == 0
    assert ran(place).exit_code == 0
    assert verify(place).intact
    outcome = huibao(place.root, "watch", "--once", "--interval", "1")
    assert outcome.code == 0, outcome.result
    rows = server.execute("SELECT count(*) FROM event", database=city)
    assert rows[0][0] == verify(place).end.count > 8


def test_a_watch_serves_its_slots_there(city: str, place: Workspace, server: Server) -> None:
    moments = [START, START + dt.timedelta(seconds=5), FRIDAY, FRIDAY + dt.timedelta(minutes=1)]
    clock = iter(moments)
    watcher = Watch(place, None, lambda: next(clock))
    done = [item for _ in moments for item in watcher.look()]
    assert [item.due for item in done] == [(), (FRIDAY,)]
    assert server.execute("SELECT exit_code FROM slot ORDER BY id", database=city) == [(None,), (0,)]
    with Ledger(os.environ[LEDGER_VARIABLE]) as ledger:
        assert len(list(ledger.log(Asked(frozenset({EventKind.SLOT}))))) == 1


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_write_the_address_serves(city: str, server: Server, scheme: str) -> None:
    address = server.address(city).replace("postgresql", scheme, 1)
    with Ledger(f" {address}\n") as ledger:
        ledger.tell(Happening(EventKind.RUN))
        assert ledger.count_events() == 1


def test_sessions_have_limits(city: str, server: Server) -> None:
    names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    engine = engines.open_engine(server.address(city))
    own = engines.open_engine(server.address(city) + "?options=-c%20lock_timeout=77")
    with engine.connect() as connection, own.connect() as with_own:
        limits = [connection.execute(sa.text(f"SHOW {name}")).scalar_one() for name in names]
        assert limits == ["1min", "5min", "10min"]
        assert with_own.execute(sa.text("SHOW lock_timeout")).scalar_one() == "77ms"
    engine.dispose()
    own.dispose()


# --- first creation ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["postgresql", "sqlite"])
def test_programs_that_make_the_ledger_at_once_do_not_meet(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if kind == "postgresql":
        server = request.getfixturevalue("server")
        address = server.address(server.new_database())
    else:
        address = sqlite_url(tmp_path / "ledger.db")
    code = """if True:
        import sys
        from generators.ledger import Ledger
        from generators.model import EventKind, Happening
        sys.stdin.readline()
        with Ledger(sys.argv[1]) as ledger:
            ledger.tell(Happening(EventKind.RUN))
    """
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, address],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=CHECKOUT,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.flush()
    errors = [process.communicate(timeout=120)[1].decode() for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, errors
    with Ledger(address) as ledger:
        assert ledger.count_events() == 4
        assert (ledger.verified().walked.off, ledger.lacking_triggers()) == (None, ())


# --- the guards of the log --------------------------------------------------------------------------

COLUMNS = (
    "time, kind, operator, saved_by, pack, period, department, file, outcome, taken, written, detail"
)
INSERT = (
    f"INSERT INTO event (number, {COLUMNS}, previous, hash) "
    f"SELECT {{number}}, {COLUMNS}, previous, hash FROM event WHERE number = 1"
)
FORBIDDEN = [
    "UPDATE event SET operator = 'x' WHERE number = 1",
    "DELETE FROM event",
    "TRUNCATE event",
    INSERT.format(number=99),
    INSERT.format(number=1),
    INSERT.format(number=2) + " ON CONFLICT (number) DO UPDATE SET operator = 'x'",
    "SET session_replication_role = replica; DELETE FROM event",
]


@pytest.fixture
def log(city: str, place: Workspace) -> str:
    """A database with three events."""
    with open_ledger(place) as ledger:
        for _ in range(3):
            ledger.tell(Happening(EventKind.RUN))
    return city


def test_the_database_refuses_to_change_the_log(log: str, server: Server) -> None:
    for statement in FORBIDDEN:
        with pytest.raises(Exception, match="only added to"):
            server.execute(statement, database=log)
    assert server.execute("SELECT count(*) FROM event WHERE operator = ''", database=log) == [(3,)]


ALL_TRIGGERS = {*EVENT_TRIGGERS, "event_is_not_emptied"}
TAKEN_DOWN: list[tuple[str, set[str]]] = [
    ("DROP TRIGGER event_is_not_changed ON event", {"event_is_not_changed"}),
    ("ALTER TABLE event DISABLE TRIGGER event_is_not_emptied", {"event_is_not_emptied"}),
    ("ALTER TABLE event DISABLE TRIGGER ALL", ALL_TRIGGERS),
    (
        "CREATE OR REPLACE FUNCTION event_refuses() RETURNS trigger LANGUAGE plpgsql "
        "AS 'BEGIN RETURN NULL; END'",
        {"event_is_not_changed", "event_is_not_deleted", "event_is_not_emptied"},
    ),
    (
        "DROP TRIGGER event_comes_last ON event; CREATE TRIGGER event_comes_last BEFORE INSERT "
        "ON event FOR EACH ROW WHEN (NEW.number > 99) EXECUTE FUNCTION event_takes_the_next()",
        {"event_comes_last"},
    ),
]


def test_guards_that_are_gone_are_told_and_put_up_again(
    log: str, server: Server, place: Workspace
) -> None:
    for statement, triggers in TAKEN_DOWN:
        assert verify(place).exit_code == 0
        server.execute(statement, database=log)
        [finding] = [item for item in verify(place).findings if item.code == "log.triggers"]
        assert set(finding.params["triggers"].split("、")) == triggers, statement
        assert accept(place, "试过").exit_code == 0
        for forbidden in FORBIDDEN:
            with pytest.raises(Exception, match="only added to"):
                server.execute(forbidden, database=log)


def test_a_changed_log_is_found(log: str, server: Server, place: Workspace) -> None:
    server.execute(
        "ALTER TABLE event DISABLE TRIGGER ALL",
        "UPDATE event SET operator = 'x' WHERE number = 2",
        database=log,
    )
    verified = verify(place)
    assert (verified.exit_code, verified.off) == (1, 2)


def test_a_ledger_of_an_older_program_gets_its_guards(
    log: str, server: Server, place: Workspace
) -> None:
    drop = [f"DROP TRIGGER {name} ON event" for name in sorted(ALL_TRIGGERS)]
    server.execute(*drop, "UPDATE meta SET value = '4' WHERE key = 'schema'", database=log)
    with Ledger(os.environ[LEDGER_VARIABLE]):
        pass
    assert verify(place).exit_code == 0


def test_a_log_that_was_taken_out_is_told(log: str, server: Server, place: Workspace) -> None:
    server.execute("DROP TABLE event", database=log)
    assert [item.code for item in verify(place).findings] == ["log.table"]


# --- what goes wrong --------------------------------------------------------------------------------


def opened(address: str) -> Callable[[], object]:
    def work() -> object:
        os.environ[LEDGER_VARIABLE] = address
        return existing_ledger(Path("ledger.db"))

    return work


@pytest.mark.usefixtures("city")
def test_what_keeps_one_from_connecting_is_told_truly(server: Server, city: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = free.getsockname()[1]
        nobody = server.address(city).replace(f":{server.port}", f":{closed}")
        assert said(opened(nobody)) == ("run.ledger_refused", f"127.0.0.1:{closed}/{city}")
    where = f"127.0.0.1:{server.port}"
    wrong = server.address(city, password="Geheim-falsch")
    assert said(opened(wrong)) == ("run.ledger_password", f"{where}/{city}")
    assert said(opened(server.address(city, user="nobody")))[0] == "run.ledger_password"
    assert said(opened(server.address("nowhere"))) == ("run.ledger_no_database", f"{where}/nowhere")
    nameless = server.address(city).replace("127.0.0.1", "no-such-host.invalid")
    assert said(opened(nameless))[0] in ("run.ledger_no_host", "run.ledger_refused")
    server.execute("ALTER ROLE huibao NOLOGIN")
    try:
        assert said(opened(server.address(city)))[0] == "run.ledger_login"
    finally:
        server.execute("ALTER ROLE huibao LOGIN")


def test_a_server_that_does_not_answer_is_given_up(city: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "CONNECT_SECONDS", 2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(5)
        port = silent.getsockname()[1]
        address = f"postgresql://huibao:{ENCODED}@127.0.0.1:{port}/{city}"
        assert said(opened(address)) == ("run.ledger_timeout", f"127.0.0.1:{port}/{city}")


def test_a_driver_that_is_not_installed_is_named(city: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    finding = failed(opened(os.environ[LEDGER_VARIABLE]))
    assert (finding.code, finding.params["driver"]) == ("run.ledger_driver", "psycopg")
    assert "huibao[postgres]" in action(finding)


@pytest.mark.parametrize(
    "address",
    ["Geheim", "postgresql://huibao:Geheim@host:port/city", "oracel://huibao:Geheim@host/city", "://"],
)
def test_an_address_that_is_none_is_told_without_its_text(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LEDGER_VARIABLE, address)
    assert failed(opened(address)).code == "run.ledger_address"


def test_a_ledger_that_may_only_be_read_is_told(city: str, server: Server, place: Workspace) -> None:
    assert ran(place).exit_code == 0
    server.execute(
        f"DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader",
        database=city,
    )
    os.environ[LEDGER_VARIABLE] = server.address(city, user="reader")
    ledger = existing_ledger(place.ledger)
    assert ledger is not None
    with ledger:
        assert ledger.count_events() > 0, "who only reads needs no more"
    assert said(lambda: ran(place)) == ("run.ledger_denied", f"127.0.0.1:{server.port}/{city}")
    assert said(lambda: Ledger(server.address(server.new_database(), user="reader")))[0] == (
        "run.ledger_denied"
    )
    server.execute(f"ALTER DATABASE {city} SET default_transaction_read_only = on")
    os.environ[LEDGER_VARIABLE] = server.address(city)
    assert said(lambda: ran(place))[0] == "run.ledger_read_only"


def test_a_lock_that_somebody_holds_is_told(city: str, server: Server) -> None:
    address = server.address(city)
    with Ledger(address):
        pass
    engine = engines.open_engine(address)
    with engine.begin() as holding:
        holding.execute(sa.text("LOCK TABLE event"))
        with Ledger(f"{address}?options=-c%20lock_timeout=200") as ledger:
            assert said(lambda: ledger.tell(Happening(EventKind.RUN)))[0] == "run.ledger_locked"
    engine.dispose()


def test_a_server_that_goes_in_mid_run_is_told_and_the_next_run_completes(
    city: str, server: Server, place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    end_all = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        f"WHERE datname = '{city}' AND pid <> pg_backend_pid()"
    )
    commits = 0

    def going(_: sa.Connection) -> None:
        nonlocal commits
        commits += 1
        if commits == at:
            server.execute(end_all)

    ends: set[str] = set()
    sa.event.listen(sa.Engine, "commit", going)
    try:
        for at in range(1, 9):
            commits = 0
            hand_in(place, FILLED, ("98.25 ", f"98.2{at} "))
            done: Run | None = None
            try:
                done = ran(place)
            except DBAPIError as error:
                ends.add(unforeseen(error, quiet=True).code)
            if done is not None:
                ends |= {item.code for item in done.findings if item.code == "run.unrecorded"}
    finally:
        sa.event.remove(sa.Engine, "commit", going)
    assert "run.ledger_gone" in ends <= {"run.ledger_gone", "run.unrecorded"}
    assert ran(place).exit_code == 0
    assert verify(place).intact


def test_nothing_prints_a_password(city: str, server: Server, place: Workspace) -> None:
    wrong = {**os.environ, LEDGER_VARIABLE: server.address(city, password=f"{ENCODED}x")}
    for command in ("run --json", "status", "watch --once --interval 1 --verbose"):
        done = subprocess.run(
            [
                *(sys.executable, str(CHECKOUT / "run_report.py"), *command.split()),
                *("--workspace", str(place.root)),
            ],
            capture_output=True,
            cwd=place.root,
            env=wrong,
            timeout=120,
            encoding="utf-8",
            check=False,
        )
        printed = done.stdout + done.stderr
        assert not any(secret in printed for secret in SECRETS), printed
        if not command.startswith("watch"):
            assert "Traceback" not in printed
            assert done.returncode == 2
        if command == "status":
            assert "不接受所用的用户名或密码" in printed and f"/{city}" in printed
        if command == "run --json":
            [finding] = json.loads(done.stdout)["findings"]
            assert finding["code"] == "run.ledger_password"
    log = place.log.read_text("utf-8")
    assert "job-put-off" in log
    assert not any(secret in log for secret in SECRETS)


def test_an_error_that_repeats_the_address_hides_its_password(
    city: str, place: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    address = os.environ[LEDGER_VARIABLE]
    open_log(lambda: place.log)
    try:
        from generators.logs import event

        for text in (address, f"no such user {PASSWORD}", f"password={ENCODED} host=x"):
            try:
                raise RuntimeError(text)
            except RuntimeError as error:
                finding = unforeseen(error, quiet=False)
                event("job-failed", error=error)
            assert not any(secret in message(finding) for secret in SECRETS)
    finally:
        close_log()
    shown = capsys.readouterr().err + place.log.read_text("utf-8")
    assert "RuntimeError" in shown and not any(secret in shown for secret in SECRETS)


def test_the_server_goes_when_the_tests_are_killed(tmp_path: Path) -> None:
    code = """if True:
        import sys, time
        from tests.postgres import running_server
        with running_server() as server:
            print(server.folder, server.port, flush=True)
            time.sleep(600)
    """
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=CHECKOUT, encoding="utf-8"
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        pytest.skip("no PostgreSQL server is installed")
    folder, port = line.split()
    process.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
    process.wait(30)
    for _ in range(100):
        with socket.socket() as asking:
            gone = asking.connect_ex(("127.0.0.1", int(port))) != 0
        if gone and not Path(folder).exists():
            return
        call("--version")
    raise AssertionError("the server lives on")
