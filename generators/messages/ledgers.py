"""What is said of a ledger that is kept in a database server."""

from __future__ import annotations

from collections.abc import Mapping

from generators.messages.entry import Entry

LEDGERS: Mapping[str, Entry] = {
    "run.ledger_address": Entry(
        "环境变量 {variable} 的内容不是本程序认得的数据库地址",
        "请写成 postgresql://用户:密码@主机:5432/数据库 的形式；"
        "密码中的 @ : / # % 等符号要写成 %40 这样的编码",
        "{variable} holds no address of a database that this program knows",
        "write postgresql://user:password@host:5432/database; write @ : / # % in a password as %40 "
        "and so on",
    ),
    "run.ledger_driver": Entry(
        "台账在数据库“{place}”中，但没有安装访问它的 Python 包 {driver}",
        "请在程序所用的 Python 环境中安装 PostgreSQL 支持：pip install 'huibao[postgres]'",
        "the ledger is in the database {place}, and the Python package {driver} for it is not installed",
        "install it where this program runs: pip install 'huibao[postgres]'",
    ),
    "run.ledger_kind": Entry(
        "台账在数据库“{place}”中，但没有访问它的 Python 包 {driver}；"
        "本程序只支持 PostgreSQL 和本机的台账文件",
        "请把环境变量 HUIBAO_LEDGER 写成 postgresql://用户:密码@主机:5432/数据库 的形式；"
        "不用数据库服务器的，请去掉这个变量",
        "the ledger is in the database {place}, and the Python package {driver} for it is not there; "
        "this program works with SQLite and PostgreSQL alone",
        "write postgresql://user:password@host:5432/database in HUIBAO_LEDGER; unset it to use no "
        "server",
    ),
    "run.ledger_no_folder": Entry(
        "环境变量 {variable} 指定的台账文件所在的文件夹“{path}”不存在",
        "请检查路径是否写对、磁盘或共享文件夹是否已连接；路径无误的，请先建立这个文件夹",
        "the folder {path}, in which {variable} puts the ledger, does not exist",
        "check the path, and that the disk or share is connected; if it is right, make the folder first",
    ),
    "run.ledger_refused": Entry(
        "台账数据库“{place}”连接不上（{reason}）",
        "请检查数据库服务是否已启动、环境变量 HUIBAO_LEDGER 中的主机和端口是否正确、防火墙是否放行",
        "the ledger's database {place} cannot be reached ({reason})",
        "check that the server runs, host and port in HUIBAO_LEDGER, and firewalls between",
    ),
    "run.ledger_no_host": Entry(
        "找不到台账数据库“{place}”的主机（{reason}）",
        "请检查环境变量 HUIBAO_LEDGER 中的主机名，以及本机的网络和域名解析",
        "the host of the ledger's database {place} cannot be found ({reason})",
        "check the host in HUIBAO_LEDGER, the network, and how names are resolved here",
    ),
    "run.ledger_timeout": Entry(
        "台账数据库“{place}”没有及时应答（{reason}）",
        "请检查网络、防火墙和数据库服务，恢复后重新运行",
        "the ledger's database {place} did not answer in time ({reason})",
        "check the network, firewalls and the server, and run again",
    ),
    "run.ledger_starting": Entry(
        "台账数据库“{place}”正在启动或停止，还不接受连接（{reason}）",
        "请稍后重新运行",
        "the ledger's database {place} is starting or stopping and takes no connections yet ({reason})",
        "run again in a while",
    ),
    "run.ledger_crowded": Entry(
        "台账数据库“{place}”的连接已满（{reason}）",
        "请稍后重新运行；经常如此的，请数据库管理员增加连接数",
        "the ledger's database {place} takes no more connections ({reason})",
        "run again in a while; where it is often so, have the server allow more",
    ),
    "run.ledger_password": Entry(
        "台账数据库“{place}”不接受所用的用户名或密码（{reason}）",
        "请核对环境变量 HUIBAO_LEDGER 或密码文件中的用户名和密码",
        "the ledger's database {place} does not accept the user or the password ({reason})",
        "check user and password in HUIBAO_LEDGER or in the password file",
    ),
    "run.ledger_login": Entry(
        "台账数据库“{place}”不允许这个用户从本机登录（{reason}）",
        "请核对环境变量 HUIBAO_LEDGER 中的用户名，并请数据库管理员检查该用户的登录许可",
        "the ledger's database {place} does not let this user log in from here ({reason})",
        "check the user in HUIBAO_LEDGER, and have what the server allows it checked (pg_hba.conf)",
    ),
    "run.ledger_no_database": Entry(
        "没有台账数据库“{place}”（{reason}）",
        "请核对环境变量 HUIBAO_LEDGER 中的数据库名，或请数据库管理员建立这个数据库",
        "there is no database {place} for the ledger ({reason})",
        "check the name in HUIBAO_LEDGER, or have the database made",
    ),
    "run.ledger_denied": Entry(
        "台账数据库“{place}”不允许这个用户做需要的操作（{reason}）",
        "请数据库管理员授权：读写台账各表，第一次使用和更新程序后还要能建表",
        "the ledger's database {place} does not let this user do what is needed ({reason})",
        "have the user granted reading and writing of its tables, and making them for the first use and "
        "for updates of the program",
    ),
    "run.ledger_read_only": Entry(
        "台账数据库“{place}”是只读的（{reason}）",
        "请核对环境变量 HUIBAO_LEDGER 是否指向备用服务器或只读用户，改为可以写入的",
        "the ledger's database {place} can only be read ({reason})",
        "check whether HUIBAO_LEDGER names a standby server or a user that may only read",
    ),
    "run.ledger_locked": Entry(
        "台账数据库“{place}”正被其他程序占用，等待已超时（{reason}）",
        "请等其他程序结束后重新运行；一直如此的，请数据库管理员查看是谁占着锁",
        "another program holds the ledger in {place}, for longer than could be waited for ({reason})",
        "run again when it has finished; where none does, have the locks looked at on the server",
    ),
    "run.ledger_slow": Entry(
        "台账数据库“{place}”的一项操作用时过长，已中止（{reason}）",
        "请检查数据库服务器的负荷，恢复后重新运行",
        "the ledger's database {place} took too long over a statement, which was given up ({reason})",
        "check the load of the server and run again",
    ),
    "run.ledger_gone": Entry(
        "与台账数据库“{place}”的连接中断（{reason}）",
        "台账没有损坏；请检查数据库服务和网络，恢复后重新运行，程序会补齐没有记下的",
        "the connection with the ledger's database {place} broke off ({reason})",
        "nothing is damaged; check the server and the network and run again, which records what is left",
    ),
    "run.ledger_server": Entry(
        "台账数据库“{place}”报告出错（{reason}）",
        "请把这条信息告诉数据库管理员，处理后重新运行",
        "the ledger's database {place} reports an error ({reason})",
        "tell whoever keeps the server, and run again afterwards",
    ),
}
