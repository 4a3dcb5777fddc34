import { afterEach, expect, it, jest } from "@jest/globals";
import { createMeter } from "../../../functions/shared/metrics.ts";

afterEach(() => {
  jest.restoreAllMocks();
});

it("what was counted and timed is one line, in CloudWatch's embedded metric format", () => {
  const lines: string[] = [];
  jest.spyOn(process.stdout, "write").mockImplementation((text) => lines.push(String(text)) > 0);
  const meter = createMeter("ingest");
  meter.count("Received");
  meter.count("Received");
  meter.count("OrphansRemoved", 7);
  meter.time("TellingDelay", 12.5);
  meter.publish();
  // An invocation in which nothing happened says nothing.
  meter.publish();
  jest.restoreAllMocks();

  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toEqual({
    _aws: {
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [
        {
          Namespace: "Darkroom",
          Dimensions: [["service"]],
          Metrics: [
            { Name: "Received", Unit: "Count" },
            { Name: "OrphansRemoved", Unit: "Count" },
            { Name: "TellingDelay", Unit: "Milliseconds" },
          ],
        },
      ],
    },
    service: "ingest",
    Received: [1, 1],
    OrphansRemoved: 7,
    TellingDelay: 12.5,
  });
});
