# SPDX-License-Identifier: MIT
"""What the tests of pages share: Chromium, and what is done in it.

Imported where Chromium, ChromeDriver or Selenium is missing, it ends the test with 77, which CTest
shows as skipped.
"""
import shutil
import sys
import unittest

SKIPPED = 77


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


try:
    from selenium import webdriver
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.by import By
except ImportError as missing:
    skip(f"{missing}; Debian's python3-selenium brings it")
for tool in ["chromium", "chromedriver"]:
    if not shutil.which(tool):
        skip(f"there is no {tool}; Debian's chromium and chromium-driver bring it")


def start_browser():
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for flag in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb",
                 "--hide-scrollbars", "--window-size=1280,900"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.chrome.service.Service(shutil.which("chromedriver"))
    return webdriver.Chrome(service=service, options=options)


class Browsing(unittest.TestCase):
    """Needs `browser` and the folder `at` of the class."""

    def open(self, page, width=1280, height=900):
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                     {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})
        self.browser.get((self.at / page).as_uri())
        self.settle()

    def tearDown(self):
        self.assertEqual(self.browser.get_log("browser"), [], "nothing may be said in the console")

    def settle(self):
        """Waits until the view looks the same twice; a small picture of it tells, and costs little."""
        view = self.browser.execute_script("return [innerWidth, innerHeight, scrollX, scrollY]")
        clip = {"x": view[2], "y": view[3], "width": view[0], "height": view[1], "scale": 0.5}
        before = None
        for _ in range(60):
            now = self.browser.execute_cdp_cmd("Page.captureScreenshot", {"format": "jpeg", "quality": 60, "optimizeForSpeed": True, "clip": clip})
            if now == before:
                return
            before = now
        self.fail("the page does not come to rest")

    def touch(self, kind, *points):
        """Fingers at these places of the view; those that are not named are lifted."""
        self.browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]})

    def middle_of(self, element):
        return self.browser.execute_script("""
            arguments[0].scrollIntoView({ block: "center" });
            const box = arguments[0].getBoundingClientRect();
            return [box.left + box.width / 2, box.top + box.height / 2]""", element)

    def find(self, selector):
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def press(self, *keys):
        for key in keys:
            ActionChains(self.browser).send_keys(key).perform()
        self.settle()

    def unnamed_controls(self):
        return self.browser.execute_script("""
            return [...document.querySelectorAll("button, select, input, canvas[tabindex], [role=slider], a")].filter((e) =>
              !(e.textContent.trim() || e.ariaLabel || e.labels?.length)).map((e) => e.outerHTML)""")
