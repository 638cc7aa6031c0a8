"""The kit inside other people's admins and shops, one folder each; `make hosts-demo` serves one.

The settings and templates in each folder are what docs/put-it-into.md says to write.
"""
