"""Settings that the laws of several folders share; the profile is in conftest.py."""

from hypothesis import HealthCheck, settings

# the health checks there are, except those that settings refuse to name (they raise always)
NO_HEALTH_CHECK = [
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.too_slow,
    HealthCheck.large_base_example,
    HealthCheck.function_scoped_fixture,
    HealthCheck.differing_executors,
    HealthCheck.nested_given,
]

# a fixture made once per test serves all examples: each overwrites what the last one wrote
ONE_FIXTURE = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
