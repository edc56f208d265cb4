"""What the pages are called in the menu, in their titles, and wherever another page sends somebody to them."""

from __future__ import annotations

from station_app.domain.organisations import Level

REGISTER = "收件登记"
DELIVER = "送达签收"
HAND_OVER = {Level.VILLAGE: "交到镇里", Level.TOWNSHIP: "交到县里", Level.COUNTY: "交到市里"}
"""By the level of the office that hands over."""
DECIDE = "受理与决定"
RECEIVE = dict.fromkeys(Level, "接收批次") | {Level.VILLAGE: "签收结果"}
"""By the level of the office that receives: to a village come only decisions."""
RESULTS = "结果下传"
FLEET = "站点总览"
PACKAGES = "优盘交换"
