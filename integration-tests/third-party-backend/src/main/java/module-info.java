/// The whole contract with the agent is in the last line.
module com.example.scratch {
    requires io.sagara.spi;
    requires com.google.gson;

    // Gson fills records by reflection
    opens com.example.scratch to
            com.google.gson;

    provides io.sagara.spi.BackendProvider with
            com.example.scratch.ScratchProvider;
}
