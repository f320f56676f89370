"""A real browser for tests of pages; where there is none they are skipped, but not in CI."""

import os
import shutil
from contextlib import contextmanager

import pytest

try:
    from playwright.sync_api import expect, sync_playwright
except ImportError:
    expect = sync_playwright = None

IN_CI = bool(os.environ.get("CI"))


def absent(what):
    """Skip for want of `what`; in CI it has to be there."""
    (pytest.fail if IN_CI else pytest.skip)(f"needs {what}")


QUIET = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)


@contextmanager
def open_browser():
    """Chromium, while the block runs."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if sync_playwright is None or chromium is None:
        absent("the package playwright and the browser chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield opened
        opened.close()


CONTRASTS = """
() => {
  const channel = (value) => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const color = numbers(getComputedStyle(node).backgroundColor);
      if (color.length < 4 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const node of document.querySelectorAll("body *")) {
    if (![...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim())) continue;
    if (!node.checkVisibility() || ["SCRIPT", "STYLE"].includes(node.tagName)) continue;
    const both = [luminance(numbers(getComputedStyle(node).color)), luminance(behind(node))].sort();
    const ratio = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    if (ratio < 4.5) faint.push(`${node.tagName} ${ratio.toFixed(1)} ${node.textContent.slice(0, 40)}`);
  }
  return faint;
}
"""
"""Texts with less contrast than WCAG's AA asks for."""
