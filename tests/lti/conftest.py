"""A registered platform for launch tests."""

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from tests.builders import Builder
from tests.conftest import SetClock
from tests.fakes.http import CannedHttp
from tests.lti.lms import KID, Lms, make_key, public_jwk


@pytest.fixture(scope="session")
def platform_key() -> RSAPrivateKey:
    return make_key()


@pytest.fixture
def lms(build: Builder, http: CannedHttp, clock: SetClock, platform_key: RSAPrivateKey) -> Lms:
    registration = build.registration()
    build.deployment(registration, "1")
    http.answers[registration.jwks_url] = {"keys": [public_jwk(platform_key, KID)]}
    return Lms(registration, platform_key, clock.now)
