def test_the_tab_shows_the_anchor(browser):
    answer = browser.get("/favicon.png")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")


def test_the_browser_keeps_it_from_one_screen_to_the_next(browser):
    assert "max-age=86400" in browser.get("/favicon.png").headers["cache-control"]
