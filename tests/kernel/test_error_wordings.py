"""A service desk pastes what a user reads to them, and finds the error."""

from __future__ import annotations

import pytest

from roamline.kernel.error_wordings import REMEDIES, find
from roamline.kernel.errors import Error


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("问题 电话上出现“错误 201 验证错误”。", 201),
        ("错误 202 空白的用户 ID 或个人识别码", 202),
        ("错误 26 忙，请重试", 26),
        ("错误 6 数据库错误", 6),
        ("错误 22 设备登录被禁用", 22),
        ("错误 207 设备名称为空", 207),
        ("错误 207 EM 服务连接错误", 208),
        ("错误 25 用户已在别处登录", 25),
        ("错误 205 用户配置文件缺失", 205),
        ("Multi-Login Not Allowed (25)", 25),
        ("Login is unavailable(18)", 18),
        ("it says 11 or so", 11),
    ],
)
def test_a_wording_leads_to_its_error(text: str, number: int) -> None:
    assert [error.number for error in find(text)[0]] == [number]


def test_trouble_without_a_number_is_found_too() -> None:
    for text in ("找不到主机", "HTTP 错误 (503)", "登录后电话服务不可用", "注销后电话服务不可用"):
        assert len(find(text)[1]) == 1, text


def test_nonsense_finds_nothing() -> None:
    assert find("") == find("   ") == find("my phone is sad") == ([], [])
    assert find("9" * 10_000) == ([], [])


def test_what_is_found_by_wording_has_a_remedy() -> None:
    assert Error.SERVICE_CONNECTION_ERROR in REMEDIES
    assert all(REMEDIES[error] for error in find("验证错误")[0])
