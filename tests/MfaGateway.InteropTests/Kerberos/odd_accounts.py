#!/usr/bin/python3
"""Accounts with which something is wrong, added to the lab's domain before its server starts. Lies beside the lab's accounts.py when it runs.

usage: odd_accounts.py SMB.CONF KEYTAB_FOLDER
"""
import secrets
import sys
import time

from accounts import Domain

DISABLED, NOT_DELEGATED = 0x2, 0x100000

domain = Domain(*sys.argv[1:])
for name in "sensitive protected disabled locked expired mustchange dora".split():
    domain.person(f"{name}@{domain.suffix}")
domain.flag("sensitive", NOT_DELEGATED)
domain.database.add_remove_group_members("Protected Users", ["protected"], add_members_operation=True)
domain.flag("disabled", DISABLED)
domain.put("locked", "lockoutTime", int((time.time() + 11644473600) * 10**7))
domain.put("expired", "accountExpires", 116444736010000000)
domain.put("mustchange", "pwdLastSet", 0)
domain.put("dora", "userPrincipalName", f"dora.explorer@{domain.suffix}")

domain.may_delegate("svc-gateway", "mail", "gone")
domain.service("svc-noproto", "noproto")
domain.may_delegate("svc-noproto", "mail")
domain.service("svc-other", "other")
domain.service("svc-ghost")

# keys that are no longer those of their account
domain.keytab("stale", "svc-gateway")
domain.database.setpassword("(sAMAccountName=svc-gateway)", secrets.token_urlsafe(24))
domain.keytab("ghost", "svc-ghost")
domain.database.deleteuser("svc-ghost")
for file, principal in (("gateway", "svc-gateway"), ("noproto", "svc-noproto"), ("admin", "admin")):
    domain.keytab(file, principal)
