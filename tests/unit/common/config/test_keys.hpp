// Public keys for tests; nobody has their private halves.
#pragma once

namespace burnbox::test {

inline constexpr const char* kEd25519 =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK6GZjrp5jeoHmXn/BDQAXmornJhgi8l8yq6X6n8mCQR alice@laptop";
inline constexpr const char* kRsa2048 =
    "ssh-rsa "
    "AAAAB3NzaC1yc2EAAAADAQABAAABAQDg8HmV2F1ulhH0h6XUNqPYuCZxG3HhGK7qr6zYazTgDLV0+km+CfxUgQsp95+"
    "rtWXd0KtMYdGY9dA/2IBdajsG/TLfGuoX"
    "g3i2rmFo9nw2Y+"
    "j03UyomabRo03JGKFtlpNLjbEC7cgf1vKBUGS5OEpSU0dQUDFRagBLO0gofzsSVOJpToBrCQpyhRE9JdMLGE2WuCovmwsNlf1zkq/"
    "UyWqZgAtF"
    "NYOnlNYcce41TGU3q6HXYvv+q1ClhmZvuJUG6pSL7MCQboi1CCbykSvCrLse/Gok7ow98/"
    "zaNo1Y3wd1mEiDiFLNH9rLYu3SdRXc3IhEJTH+zV1fVt5VEZnhrex7";
inline constexpr const char* kRsa1024 =
    "ssh-rsa "
    "AAAAB3NzaC1yc2EAAAADAQABAAAAgQDvKk22W9a6CN6YVauOrVe2nQ3u37FVSnEi9W99J2rEVyul4yQAdFy92JlnPJ6qozwG2IXzpSYO"
    "qjF5hmUI71c0aNbrlV8D"
    "NU5ULI0cWS51XjyfvqmvtspU4fiHBOYCY3XxUpKvDPy8giFqSTrUQHqR5yQZpI6DYfdK3Pfb81Fw9Q==";
inline constexpr const char* kEcdsa256 =
    "ecdsa-sha2-nistp256 "
    "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBKBhSPywLk0xaKWeypMQAJav2Vo3Vngk/2qznIYpVT/"
    "1m1c0knAcgGubBvgncdvcMKHEXBdx"
    "LBMDTWputHxjIT4=";
inline constexpr const char* kEcdsa384 =
    "ecdsa-sha2-nistp384 "
    "AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBJJD+/"
    "yz0khP9PulfHWJS5DR558thTma1167fKnI68KQjdoGZTXhG+ak53huG8qA0YmUEYe2"
    "YGMAbZkvZNjGNKe1WjlB9/Z9u20rurL9A7DkbnY20JcaDhObgKQdn9ibCQ==";
inline constexpr const char* kEcdsa521 =
    "ecdsa-sha2-nistp521 "
    "AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAC3zxjvowm/ND+7TXjYYKUUnxTYan12Iz7soDssTA/"
    "wl9DshQWqVBijwoPFEDj6SJXu4YkM"
    "tw7+GtG0Yn4HrLgvngC46mgLPC7tlDsNFFWJjAUkiHPtq05nr7eaosrp7HhpPvZ6P066LsdveJ1sRcX59+pRC+"
    "teJdstV8W2pPapG0kHJw==";

}  // namespace burnbox::test
