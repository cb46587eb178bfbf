"""The API's request and response models, in the terms of the VC-API."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field

from passport.services.checking.verifications import NOT_A_CREDENTIAL, Verified
from passport.services.trust.conformance import Form, Purpose, Suite
from passport.web.core.problems import Model

Document = dict[str, Any]
Token = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$")]
VERDICTS = Literal["V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8", "V9"]
OUTCOMES = Literal["passed", "failed", "not checked"]


class VerifyOptions(Model):
    """Accepted, since others send them: we make every check and give every result, whatever is asked."""

    checks: list[str] = Field(default=[])
    return_results: bool = True
    return_problem_details: bool = True
    return_credential: bool = Field(False, description="Nothing that was sent is ever sent back")


class PresentOptions(VerifyOptions):
    """With a challenge or a domain, the presentation needs a proof that was made for it by a did:key."""

    challenge: str | None = None
    domain: str | None = None


class CredentialQuestion(Model):
    """A credential with its proof, enveloped, or as a token; also with something else around it."""

    verifiable_credential: Document | Token | list[Document | Token]
    options: VerifyOptions = VerifyOptions()


class PresentationQuestion(Model):
    """A presentation, with or without a proof."""

    verifiable_presentation: Document
    options: PresentOptions = PresentOptions()


class StatusWish(Model):
    """A status that the credential is to get (VC-API, `options.credentialStatus`)."""

    type: Literal["BitstringStatusListEntry"] = "BitstringStatusListEntry"
    status_purpose: Literal["revocation", "suspension"] = Purpose.REVOCATION.value
    status_reference: str | None = Field(None, description="The address of material about the status")


class IssueOptions(Model):
    """How the credential is to be secured, and the status that it is to get, if any."""

    media_type: Literal["application/vc", "application/vc+jwt"] = Form.DATA_INTEGRITY.value
    cryptosuite: Literal["eddsa-rdfc-2022", "eddsa-jcs-2022"] = Suite.RDFC.value
    credential_status: StatusWish | None = None


class IssueQuestion(Model):
    """A credential without a proof, whose issuer is the test mode's."""

    credential: Document
    options: IssueOptions = IssueOptions()


class KeyQuestion(Model):
    """A credential, and the verification method of its issuer, which no registry or DID document has."""

    verifiable_credential: Document | Token
    verification_method: Document


class IssueAnswer(Model):
    """The credential, secured, with the status that was asked for."""

    verifiable_credential: Document


class CheckResult(Model):
    """One named check. One that did not run is never "passed"."""

    name: str
    outcome: OUTCOMES
    reason: str


class ProblemDetails(Model):
    """Why something failed (VC Data Model 2.0, section 7.1)."""

    type: str
    title: str
    detail: str
    check: str


class CredentialAnswer(Model):
    """`verified` is true when every check passed and the verdict is V1.

    What is no credential, or of a kind that we do not check, has no verdict: `seems_to_be` says what it is.
    """

    verified: bool
    outcome: Literal["checked", "not a credential we can check"]
    verdict: VERDICTS | None
    seems_to_be: str | None
    checks: list[CheckResult]
    problem_details: list[ProblemDetails]

    @classmethod
    def of(cls, found: Verified) -> Self:
        """Build the response from the verification."""
        return cls.model_validate(_written(found))


class PresentationAnswer(CredentialAnswer):
    """`verdict` is the worst among the credentials; each has its own result, in their order."""

    credential_results: list[CredentialAnswer]

    @classmethod
    def of(cls, found: Verified) -> Self:
        """Build the response from the verification."""
        results = [CredentialAnswer.of(one) for one in found.credentials]
        return cls.model_validate({**_written(found), "credential_results": results})


def _written(found: Verified) -> dict[str, object]:
    return {
        "verified": found.verified,
        "outcome": "checked" if found.verdict else NOT_A_CREDENTIAL,
        "verdict": found.verdict.value if found.verdict else None,
        "seems_to_be": found.kind.value if found.kind else None,
        "checks": [
            CheckResult(name=one.name, outcome=one.outcome.value, reason=one.reason) for one in found.checks
        ],
        "problem_details": [
            ProblemDetails(type=one.type, title=one.title, detail=one.detail, check=one.check)
            for one in found.problems
        ],
    }
