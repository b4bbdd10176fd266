"""The reviewer's pages: evidence of a version beside the champion's, and the decision upon it."""
