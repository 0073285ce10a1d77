"""The steps from one layout of the case store to the next, oldest first. A step that was shipped is never changed."""
