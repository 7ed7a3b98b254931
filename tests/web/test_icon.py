def test_the_tab_shows_the_anchor(browser):
    answer = browser.get("/favicon.png")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.text.startswith("<svg")
