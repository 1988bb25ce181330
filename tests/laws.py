"""Settings that the laws of several folders share; the profile is in conftest.py."""

from hypothesis import HealthCheck, settings

# a fixture made once per test serves all examples: each overwrites what the last one wrote
ONE_FIXTURE = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
