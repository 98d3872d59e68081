#!/usr/bin/python3
"""People, services, delegation and keytabs of the lab's domain, written straight into its database before the server starts.

usage: accounts.py SMB.CONF KEYTAB_FOLDER UPN...
"""
import pathlib
import secrets
import sys

import ldb
from samba import dckeytab  # noqa: F401  adds Net.export_keytab
from samba.auth import system_session
from samba.credentials import Credentials
from samba.net import Net
from samba.param import LoadParm
from samba.samdb import SamDB

TRUSTED_TO_AUTH = 0x1000000
AES_ONLY = 24
NEVER = -0x8000000000000000


class Domain:
    """The database, opened as the system itself."""

    def __init__(self, settings, keytabs):
        self.parameters = LoadParm()
        self.parameters.load(settings)
        credentials = Credentials()
        credentials.guess(self.parameters)
        self.database = SamDB(url=self.parameters.samdb_url(), session_info=system_session(), credentials=credentials, lp=self.parameters)
        self.realm = self.parameters.get("realm")
        self.suffix = self.realm.lower()
        self.keytabs = keytabs

    def write(self, dn, attribute, *values, how=ldb.FLAG_MOD_REPLACE):
        change = ldb.Message(dn)
        change[attribute] = ldb.MessageElement([str(value) for value in values], how, attribute)
        self.database.modify(change)

    def put(self, name, attribute, *values, how=ldb.FLAG_MOD_REPLACE):
        self.write(self.entry(name).dn, attribute, *values, how=how)

    def flag(self, name, bit):
        self.put(name, "userAccountControl", int(self.entry(name)["userAccountControl"][0]) | bit)

    def entry(self, name):
        return self.database.search(self.database.domain_dn(), expression=f"(sAMAccountName={name})", attrs=["userAccountControl"])[0]

    def person(self, upn):
        name = upn.partition("@")[0]
        self.database.newuser(name, secrets.token_urlsafe(24), mailaddress=upn)
        self.put(name, "userPrincipalName", upn)

    def service(self, name, *hosts):
        self.database.newuser(name, secrets.token_urlsafe(24))
        if hosts:
            self.put(name, "servicePrincipalName", *[f"HTTP/{host}.{self.suffix}" for host in hosts])
        self.put(name, "msDS-SupportedEncryptionTypes", AES_ONLY)

    def may_delegate(self, name, *hosts):
        self.put(name, "msDS-AllowedToDelegateTo", *[f"HTTP/{host}.{self.suffix}" for host in hosts])

    def keytab(self, file, principal):
        path = pathlib.Path(self.keytabs, f"{file}.keytab")
        path.unlink(missing_ok=True)  # else the keys would be added to those of before
        Net(None, self.parameters).export_keytab(keytab=str(path), principal=f"{principal}@{self.realm}")


def main(settings, keytabs, *people):
    domain = Domain(settings, keytabs)
    for attribute, value in (("pwdProperties", 0), ("minPwdAge", 0), ("maxPwdAge", NEVER), ("pwdHistoryLength", 0), ("lockoutThreshold", 20),
                             ("lockoutDuration", -600 * 10**7), ("lockOutObservationWindow", -600 * 10**7)):
        domain.write(ldb.Dn(domain.database, domain.database.domain_dn()), attribute, value)
    for upn in people:
        domain.person(upn)
    # a real domain controller registers this by itself
    domain.put("DC1$", "servicePrincipalName", f"ldap/dc1.{domain.suffix}", how=ldb.FLAG_MOD_ADD)
    domain.service("svc-gateway", "gateway")
    domain.flag("svc-gateway", TRUSTED_TO_AUTH)
    domain.may_delegate("svc-gateway", "mail")
    domain.service("svc-exchange", "mail", "autodiscover")
    domain.keytab("gateway", "svc-gateway")
    domain.keytab("mail", f"HTTP/mail.{domain.suffix}")


if __name__ == "__main__":
    main(*sys.argv[1:])
