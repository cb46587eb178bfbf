"""Pages about visits: two public forms, the organiser's pages, and the page of one visit."""
