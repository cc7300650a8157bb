"""Moodle, from 4.0 on: what its gradebook service does differently.

Read in mod/lti/service/gradebookservices, measured against 4.5.6.
"""

from lti.products.answers import Answer, Delivered, RefusedForGood, Verdict, words_of
from lti.products.standard import Standard


class Moodle(Standard):
    """Anything but FullyGraded erases the grade, so a score that waits for a manager is FullyGraded too.

    A comment would replace the teacher's feedback and its absence deletes it: we have none to send.
    """

    def verdict(self, answer: Answer) -> Verdict:
        """Success has an empty body; a refusal whose header PHP rejected is a 200 with `[]`."""
        found = super().verdict(answer)
        if isinstance(found, Delivered) and answer.body.strip():
            return RefusedForGood(f"{words_of(answer)}, with a body: Moodle refused the score", answer.status)
        return found
