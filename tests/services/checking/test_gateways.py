"""Addresses that gateways have rewritten: ours is read from inside, and nothing else is believed."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from passport.services.checking import text_search
from passport.services.checking.gateways import MOST_GATEWAYS, behind
from passport.services.checking.parsed_input import Found

OURS = "https://passport.example"
CODE = "SP4F7K9QXM2TW9"
SHARE = f"{OURS}/c/{CODE}"
PERCENT = quote(SHARE, safe="")


def sophos(address: str) -> str:
    return (
        f"https://eu-central-1.protection.sophos.com/?d=x&u={base64.b64encode(address.encode()).decode()}&i=N"
    )


def version_2(address: str) -> str:
    written = quote(address, safe="/").replace("/", "_").replace("%", "-")
    return f"https://urldefense.proofpoint.com/v2/url?u={written}&d=DwMFAg&c=x&r=y&m=z&s=w&e="


REWRITTEN = {
    "SafeLinks": f"https://eur02.safelinks.protection.outlook.com/?url={PERCENT}&data=05%7C01&reserved=0",
    "SafeLinks, HTML": f"https://nam12.safelinks.protection.outlook.com/?url={PERCENT}&amp;data=05",
    "SafeLinks, capitals": f"HTTPS://EUR02.SAFELINKS.PROTECTION.OUTLOOK.COM/?url={PERCENT}",
    "Teams": f"https://statics.teams.cdn.office.net/evergreen-assets/safelinks/1/atp-safelinks.html?url={PERCENT}",
    "Proofpoint 1": f"https://urldefense.proofpoint.com/v1/url?u={PERCENT}&k=x",
    "Proofpoint 2": version_2(SHARE),
    "Proofpoint 3": f"https://urldefense.com/v3/__{SHARE}__;!!Fjc1LPEtn8I!x-y$",
    "Proofpoint 3, one slash": f"https://urldefense.com/v3/__https:/passport.example/c/{CODE}__;!!Fjc1!x$",
    "Proofpoint 3, replaced": f"https://urldefense.us/v3/__{SHARE}*main__;Iw!!Fjc1LPEtn8I!x$",
    "Google": f"https://www.google.com/url?q={PERCENT}&sa=D&source=docs",
    "Google, plain": f"https://www.google.com/url?sa=t&url={SHARE}&usg=x",
    "Barracuda": f"https://linkprotect.cudasvc.com/url?a={PERCENT.lower()}&c=E,1,x&typo=1",
    "Cisco": f"https://secure-web.cisco.com/1S1h_Cy8Q_Oh-5N7/{PERCENT}",
    "Sophos": sophos(SHARE),
    "Trend Micro": f"https://ddec1-0-en-ctp.trendmicro.com/wis/clicktime/v1/query?url={PERCENT}&umid=x",
    "Trustwave": f"https://scanmail.trustwave.com/?c=20988&d=x&u={PERCENT}",
    "Facebook": f"https://l.facebook.com/l.php?u={PERCENT}&h=AT0",
    "Instagram": f"https://l.instagram.com/?u={PERCENT}&e=AT0",
    "LinkedIn": f"https://www.linkedin.com/safety/go?url={PERCENT}&trk=x",
    "Slack": f"https://slack-redir.net/link?url={PERCENT}",
    "two of them": sophos(f"https://eur02.safelinks.protection.outlook.com/?url={PERCENT}"),
}


@pytest.mark.parametrize("name", REWRITTEN)
def test_our_address_is_looked_up_by_its_code(name: str) -> None:
    address = REWRITTEN[name]
    assert text_search.everything_in(address, OURS) == Found((CODE,))
    assert text_search.everything_in(f"Look at <{address}>.", OURS) == Found((CODE,))
    assert text_search.everything_in(f"[my passport]({address})", OURS) == Found((CODE,))


def test_of_an_entry_inside_the_code_alone_is_looked_up() -> None:
    entry = quote(f"{SHARE}#1123456789", safe="")
    found = text_search.everything_in(f"https://eur02.safelinks.protection.outlook.com/?url={entry}", OURS)
    assert found == Found((CODE,))


@pytest.mark.parametrize(
    "address",
    [
        f"https://elsewhere.example/?url={PERCENT}",
        f"https://safelinks.protection.outlook.com.elsewhere.example/?url={PERCENT}",
        f"https://elsewhere.example/safelinks.protection.outlook.com/?url={PERCENT}",
        f"https://eur02.safelinks.protection.outlook.com@elsewhere.example/?url={PERCENT}",
        f"https://user@eur02.safelinks.protection.outlook.com/?url={PERCENT}",
        f"https://eur02.safelinks.protection.outlook.com:8443/?url={PERCENT}",
        f"https://www.google.com/search?q={PERCENT}",
        f"https://protect-eu.mimecast.com/s/abc?domain={PERCENT}",
        f"https://eur02.safelinks.protection.outlook.com/?data={PERCENT}",
        REWRITTEN["SafeLinks"].replace("passport.example", "passport.example.evil.test"),
        "https://urldefense.com/v3/__*__;4!!x!y$",
        f"https://us-west-2.protection.sophos.com/?d=x&u={PERCENT}",
    ],
)
def test_any_other_site_stays_another_site(address: str) -> None:
    assert text_search.everything_in(address, OURS) == Found(others=(address,))


def test_ten_gateways_are_read_and_no_more_than_the_bound() -> None:
    address = SHARE
    for passed in range(1, MOST_GATEWAYS + 2):
        address = f"https://eur02.safelinks.protection.outlook.com/?url={quote(address, safe='')}&data=05"
        if passed == 10:
            assert behind(address) == SHARE
    assert behind(address) == ""
    assert text_search.codes_inside([address]) == ("SP-4F7K-9QXM-2TW9",), "offered to be typed"
    assert behind("https://www.google.com/url?q=" + "a" * 20_000) == ""
