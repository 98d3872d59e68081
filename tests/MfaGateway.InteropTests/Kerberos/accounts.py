#!/usr/bin/python3
"""People, services, delegation and keytabs of the test domain, written straight into its database before the server starts.

usage: accounts.py SMB.CONF KEYTAB_FOLDER
"""
import secrets
import sys
import time

import ldb
from samba import dckeytab  # noqa: F401  adds Net.export_keytab
from samba.auth import system_session
from samba.credentials import Credentials
from samba.net import Net
from samba.param import LoadParm
from samba.samdb import SamDB

DISABLED, NOT_DELEGATED, TRUSTED_TO_AUTH = 0x2, 0x100000, 0x1000000
AES_ONLY = 24
NEVER = -0x8000000000000000

parameters = LoadParm()
parameters.load(sys.argv[1])
credentials = Credentials()
credentials.guess(parameters)
domain = SamDB(url=parameters.samdb_url(), session_info=system_session(), credentials=credentials, lp=parameters)
realm = parameters.get("realm")
suffix = realm.lower()


def entry(name):
    return domain.search(domain.domain_dn(), expression=f"(sAMAccountName={name})", attrs=["userAccountControl"])[0]


def write(dn, attribute, *values):
    change = ldb.Message(dn)
    change[attribute] = ldb.MessageElement([str(value) for value in values], ldb.FLAG_MOD_REPLACE, attribute)
    domain.modify(change)


def put(name, attribute, *values):
    write(entry(name).dn, attribute, *values)


def flag(name, bit):
    put(name, "userAccountControl", int(entry(name)["userAccountControl"][0]) | bit)


def keytab(file, principal):
    Net(None, parameters).export_keytab(keytab=f"{sys.argv[2]}/{file}.keytab", principal=principal)


def service(name, *names):
    domain.newuser(name, secrets.token_urlsafe(24))
    if names:
        put(name, "servicePrincipalName", *[f"HTTP/{host}.{suffix}" for host in names])
    put(name, "msDS-SupportedEncryptionTypes", AES_ONLY)


def may_delegate(name, *hosts):
    put(name, "msDS-AllowedToDelegateTo", *[f"HTTP/{host}.{suffix}" for host in hosts])


for attribute, value in (("pwdProperties", 0), ("minPwdAge", 0), ("maxPwdAge", NEVER), ("pwdHistoryLength", 0), ("lockoutThreshold", 20),
                         ("lockoutDuration", -600 * 10**7), ("lockOutObservationWindow", -600 * 10**7)):
    write(ldb.Dn(domain, domain.domain_dn()), attribute, value)

people = "alice bob admin sensitive protected disabled locked expired mustchange carol dora".split()
for person in people + [f"user{number}" for number in range(40)]:
    domain.newuser(person, "Us3r.Passw0rd", mailaddress=f"{person}@{suffix}")
flag("sensitive", NOT_DELEGATED)
domain.add_remove_group_members("Protected Users", ["protected"], add_members_operation=True)
flag("disabled", DISABLED)
put("locked", "lockoutTime", int((time.time() + 11644473600) * 10**7))
put("expired", "accountExpires", 116444736010000000)
put("mustchange", "pwdLastSet", 0)
put("carol", "userPrincipalName", "carol@corp.example")
put("dora", "userPrincipalName", f"dora.explorer@{suffix}")

# a real domain controller registers this by itself
controller = ldb.Message(entry("DC1$").dn)
controller["servicePrincipalName"] = ldb.MessageElement([f"ldap/dc1.{suffix}"], ldb.FLAG_MOD_ADD, "servicePrincipalName")
domain.modify(controller)

service("svc-gateway", "gateway")
flag("svc-gateway", TRUSTED_TO_AUTH)
may_delegate("svc-gateway", "mail", "gone")
service("svc-noproto", "noproto")
may_delegate("svc-noproto", "mail")
service("svc-exchange", "mail", "autodiscover")
service("svc-other", "other")
service("svc-ghost")

keytab("stale", f"svc-gateway@{realm}")
domain.setpassword("(sAMAccountName=svc-gateway)", secrets.token_urlsafe(24))
keytab("ghost", f"svc-ghost@{realm}")
domain.deleteuser("svc-ghost")
for file, principal in (("gateway", "svc-gateway"), ("noproto", "svc-noproto"), ("mail", f"HTTP/mail.{suffix}"), ("admin", "admin")):
    keytab(file, f"{principal}@{realm}")
