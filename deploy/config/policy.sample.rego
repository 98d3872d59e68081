# The core rules of policy.sample.json for Open Policy Agent: try it with
#   opa eval --data policy.sample.rego --input request.json data.mfagw.decision
# The answer is one object. Definitions joined by "else" are tried in this order, so that there are never two answers.
package mfagw

import rego.v1

intranet := ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fd00::/8"]

# Who may reach what, and how old the proof of a second factor may be.
permits := [
	{"id": "staff-mail", "resources": ["owa", "ecp-options"], "group": "staff", "maxAge": "12:00:00", "seconds": 43200},
	{"id": "admins-ecp", "resources": ["ecp"], "group": "exchange admins", "maxAge": "00:15:00", "seconds": 900},
]

default decision := {"decision": "deny", "reason": "no-rule-permits"}

decision := {"decision": "deny", "reason": "forbidden", "rules": ["ecp-inside"]} if {
	ecp_from_outside
} else := {"decision": "allow", "rules": [met[0].id]} if {
	count(met) > 0
} else := {"decision": "step-up", "rules": [matching[0].id], "demands": {"mfa": true, "maxAge": matching[0].maxAge}} if {
	count(matching) > 0
}

# An address that is not known is outside too: nobody escapes a forbid by hiding.
ecp_from_outside if {
	input.resource == "ecp"
	not inside
}

inside if {
	some network in intranet
	net.cidr_contains(network, input.source)
}

groups := {lower(group) | some group in input.groups}

matching := [permit |
	some permit in permits
	input.resource in permit.resources
	permit.group in groups
]

met := [permit |
	some permit in matching
	fresh(permit.seconds)
]

# An unknown time, or one in the future, does not count.
fresh(seconds) if {
	input.mfa
	age := time.parse_rfc3339_ns(input.now) - time.parse_rfc3339_ns(input.mfaAt)
	age >= 0
	age <= seconds * 1000000000
}
