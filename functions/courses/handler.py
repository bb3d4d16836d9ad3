"""What Lambda calls."""

<<<<<<< Updated upstream
from functions.courses import changes, courses, flashcard_decks, flashcards, reviews, trash
=======
from functions.courses import changes, courses, members, organizations, trash
>>>>>>> Stashed changes
from functions.courses.subscribers import subscribers
from shared.function import function

handle = function(
    "courses",
<<<<<<< Updated upstream
    routes=[
        courses.routes,
        trash.routes,
        flashcard_decks.routes,
        flashcards.routes,
        reviews.routes,
    ],
=======
    routes=[courses.routes, trash.routes, organizations.routes, members.routes],
>>>>>>> Stashed changes
    subscribers=subscribers,
    changes=changes,
)
