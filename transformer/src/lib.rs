//! Decides which fields of a handler's result are final early, and edits the source to publish them.
