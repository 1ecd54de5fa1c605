"""What state an alarm has, from its data points alone.

CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data" and "Avoiding premature transitions to
alarm state"; its tables are the test (test/real/local-aws/alarm-rules.test.ts).
"""

from typing import Optional, Sequence

# Of the examples of the guide: 3 evaluation periods, 5 data points retrieved. AWS does not publish the rule.
EXTRA_PERIODS = 2

_BREACHING = {
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}


def breaches(operator: str, value: float, threshold: float) -> bool:
    """Operators of anomaly detection bands are not modelled: KeyError."""
    return bool(_BREACHING[operator](value, threshold))


def decide(points: Sequence[Optional[bool]], evaluation_periods: int, datapoints_to_alarm: int, treat_missing_data: str, current: str) -> str:
    """`points`: breaching or not, None where missing, oldest first; one for each period of the evaluation range."""
    real = [point for point in points if point is not None]
    if len(real) >= evaluation_periods:
        return _state(sum(real[-evaluation_periods:]), datapoints_to_alarm)
    filled = evaluation_periods - len(real)
    breaching = sum(real)
    if treat_missing_data == "breaching":
        return _state(breaching + filled, datapoints_to_alarm)
    if treat_missing_data == "notBreaching" or breaching >= datapoints_to_alarm:
        return _state(breaching, datapoints_to_alarm)
    if breaching < len(real):
        return "OK"
    if treat_missing_data == "ignore":
        return current
    # Nothing, or a few breaching points and no other. Old enough, they alarm; a younger one waits for the next
    # ("- - - - X: Insufficient data" in the guide's table of 2019, since then only "does not go immediately into ALARM").
    age = len(points) - next((number for number, point in enumerate(points) if point), len(points))
    return "ALARM" if age >= datapoints_to_alarm else "INSUFFICIENT_DATA"


def _state(breaching: int, datapoints_to_alarm: int) -> str:
    return "ALARM" if breaching >= datapoints_to_alarm else "OK"
