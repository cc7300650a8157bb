"""The directory of the demo: sixty made-up people of one company, provisioned by SCIM over HTTP.

A column is what a directory keeps about somebody: employee number, name, user name, title, department, the
employee number of their manager, leadership level. The sandbox LMS's people are among them, with the same
employee numbers and user names.
"""

from collections.abc import Callable
from typing import Any

import requests

from plugin.sandbox.visitor import TIMEOUT, VisitError

COMPANY = """
E0001|Ruth Adeyemi|ruth|Managing director|Board|-|5
E0010|Viktor Hale|viktor|Head of operations|Operations|E0001|4
E0020|Carmen Ruiz|carmen|Head of finance|Finance|E0001|4
E0030|Oskar Lindqvist|oskar|Head of technology|Technology|E0001|4
E0040|Leila Haddad|leila|Head of people|People|E0001|4
E0050|Marcus Webb|marcus|Head of sales|Sales|E0001|4
E0110|Grace Mensah|grace|Warehouse manager|Operations|E0010|3
E0120|Pavel Dvorak|pavel|Fleet manager|Operations|E0010|3
E0111|Samira Khan|samira|Shift lead, inbound|Operations|E0110|2
E0112|Diego Fuentes|diego|Shift lead, outbound|Operations|E0110|2
E0121|Ingrid Solberg|ingrid|Dispatch lead|Operations|E0120|2
E0122|Tariq Aziz|tariq|Workshop lead|Operations|E0120|2
E1001|Amara Osei|amara|Inbound coordinator|Operations|E0111|1
E1002|Luis Ortega|luis|Inbound coordinator|Operations|E0111|1
E1010|Noor Rahman|noor|Stock controller|Operations|E0111|1
E1011|Beth Carver|beth|Forklift driver|Operations|E0111|1
E1012|Emeka Obi|emeka|Goods receiver|Operations|E0111|1
E1003|Mei Tanaka|mei|Outbound coordinator|Operations|E0112|1
E1013|Yusuf Demir|yusuf|Picker|Operations|E0112|1
E1014|Clara Neumann|clara|Packer|Operations|E0112|1
E1015|Joao Pires|joao|Picker|Operations|E0112|1
E1016|Aisha Bello|aisha|Packer|Operations|E0112|1
E1004|Hana Novak|hana|Dispatcher|Operations|E0121|1
E1017|Petra Horvat|petra|Dispatcher|Operations|E0121|1
E1018|Kwame Boateng|kwame|Driver|Operations|E0121|1
E1019|Sofia Rossi|sofia|Driver|Operations|E0121|1
E1020|Milan Kovac|milan|Driver|Operations|E0121|1
E1005|Jonas Lind|jonas|Mechanic|Operations|E0122|1
E1021|Fatima Zahra|fatima|Mechanic|Operations|E0122|1
E1022|Ivan Petrov|ivan|Tyre fitter|Operations|E0122|1
E0210|Helen Park|helen|Controller|Finance|E0020|3
E0211|Rashid Malik|rashid|Payroll lead|Finance|E0210|2
E1030|Julia Weber|julia|Accountant|Finance|E0210|1
E1031|Chen Wei|chen|Accountant|Finance|E0210|1
E1032|Anna Kowalska|anna|Payroll clerk|Finance|E0211|1
E1033|Peter Banda|peter|Payroll clerk|Finance|E0211|1
E0310|Nadia Petrenko|nadia|Platform lead|Technology|E0030|2
E0320|Arjun Mehta|arjun|Service desk lead|Technology|E0030|2
E3002|Ines Castell|ines|Learning systems engineer|Technology|E0310|1
E1040|Tom Becker|tom|Developer|Technology|E0310|1
E1041|Zara Hussain|zara|Developer|Technology|E0310|1
E1042|Erik Dahl|erik|Data engineer|Technology|E0310|1
E1043|Lucia Gomez|lucia|Support agent|Technology|E0320|1
E1044|Daniel Cohen|daniel|Support agent|Technology|E0320|1
E3001|Tomas Berg|tomas|Leadership programme lead|People|E0040|2
E0410|Rosa Delgado|rosa|Recruiting lead|People|E0040|2
E2001|Priya Nair|priya|Leadership coach|People|E3001|1
E1050|Omar Farouk|omar|Learning designer|People|E3001|1
E1051|Elin Strand|elin|Recruiter|People|E0410|1
E1052|Victor Chan|victor|Recruiter|People|E0410|1
E0510|Bianca Moretti|bianca|Key account lead|Sales|E0050|2
E0520|Stefan Braun|stefan|Regional sales lead|Sales|E0050|2
E1060|Maya Shah|maya|Account manager|Sales|E0510|1
E1061|Lars Nielsen|lars|Account manager|Sales|E0510|1
E1062|Chloe Martin|chloe|Account manager|Sales|E0510|1
E1063|Hugo Laurent|hugo|Sales representative|Sales|E0520|1
E1064|Nia Owusu|nia|Sales representative|Sales|E0520|1
E1065|Dmitri Volkov|dmitri|Sales representative|Sales|E0520|1
E1066|Sara Lopez|sara|Sales representative|Sales|E0520|1
E1067|Ben Whitaker|ben|Quotation clerk|Sales|E0520|1
"""
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LEADERSHIP = "urn:leadline:params:scim:schemas:extension:leadership:2.0:User"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
DOMAIN = "corp.example"


def company() -> list[dict[str, Any]]:
    """List the sixty as SCIM users, managers after their reports: whoever is named arrives later."""
    rows = [line.split("|") for line in COMPANY.strip().splitlines()]
    return [_user(row) for row in reversed(rows)]


def _user(row: list[str]) -> dict[str, Any]:
    number, name, login, title, department, manager, level = row
    given, family = name.split(" ", maxsplit=1)
    enterprise: dict[str, Any] = {"employeeNumber": number, "department": department}
    if manager != "-":
        enterprise["manager"] = {"value": manager}
    return {
        "schemas": [CORE, ENTERPRISE, LEADERSHIP],
        "userName": login,
        "externalId": f"okta-{number}",
        "name": {"givenName": given, "familyName": family},
        "displayName": name,
        "title": title,
        "active": True,
        "emails": [{"value": f"{given}.{family}@{DOMAIN}".lower(), "type": "work", "primary": True}],
        ENTERPRISE: enterprise,
        LEADERSHIP: {"leadershipLevel": int(level), "employmentStatus": "active"},
    }


class SandboxDirectory:
    """A directory that provisions people at `scim`, the address of Leadline's SCIM service."""

    def __init__(self, scim: str, token: str, say: Callable[[str], None]) -> None:
        self.scim = scim
        self.say = say
        self.session = requests.Session()
        self.session.trust_env = False  # a proxy of the environment does not reach this machine
        self.session.headers.update({"Authorization": f"Bearer {token}"})

    def provision(self) -> None:
        """Create everybody, whoever names them as a manager first."""
        users = company()
        self.say(f"The directory provisions {len(users)} people by SCIM, managers after their reports")
        for user in users:
            answer = self.session.post(f"{self.scim}/Users", json=user, timeout=TIMEOUT)
            if answer.status_code != requests.codes.created:
                raise VisitError(f"{self.scim}/Users answered {answer.status_code}: {answer.text[:300]}")
