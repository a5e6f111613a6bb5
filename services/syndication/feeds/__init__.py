"""Readers' feeds: an article version becomes a fragment, fragments a document; storage is the shelf's."""
