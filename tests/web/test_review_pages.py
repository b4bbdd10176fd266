"""What a reviewer walks: sign in, look at the evidence, decide."""

from review_site import NAME


def test_a_version_is_approved_and_promoted_in_the_browser(review):
    browser = review.signed_in()
    assert browser.path == "/review"
    assert "columnist/2" in browser.words
    browser.open(study=review.case.won)
    assert "All evidence holds." in browser.words
    browser.decide("approve", "reads  <b>well</b>\r\nand costs less")
    assert (browser.status, browser.path) == (200, "/review/versions/columnist/2")
    assert "It is the champion now." in browser.words
    assert review.case.registry.placement.model_dump() == {"champion": "2", "previous": "1"}
    last = review.case.desk.log.entries()[-1].event
    assert (last.action.value, last.by, last.why) == ("promoted", (NAME,), "reads  <b>well</b>\nand costs less")
    assert review.case.desk.log.verify() == ()
    assert "<b>well" not in browser.text
