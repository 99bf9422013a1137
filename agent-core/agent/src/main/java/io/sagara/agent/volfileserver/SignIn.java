package io.sagara.agent.volfileserver;

/// A brick process says that its graph is up, after it started and again after each reconnect to the server.
/// `brick`: its `--brick-name`. `port`: its `--brick-port`. `pid`: as that process sees it.
public record SignIn(String brick, int port, long pid) {}
