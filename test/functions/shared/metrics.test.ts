import { afterEach, expect, it, jest } from "@jest/globals";
import { createMeter } from "../../../functions/shared/metrics.ts";

afterEach(() => {
  jest.restoreAllMocks();
  delete process.env["POWERTOOLS_METRICS_NAMESPACE"];
});

it("counts and times are one line in CloudWatch's embedded metric format", () => {
  const lines: string[] = [];
  jest.spyOn(process.stdout, "write").mockImplementation((text) => lines.push(String(text)) > 0);
  process.env["POWERTOOLS_METRICS_NAMESPACE"] = "Darkroom/test";
  const meter = createMeter("label");
  meter.count("Labelled");
  meter.count("Labelled");
  meter.count("LabelFailed", 7);
  meter.time("DetectLabelsDuration", 12.5);
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
          Namespace: "Darkroom/test",
          Dimensions: [["service"]],
          Metrics: [
            { Name: "Labelled", Unit: "Count" },
            { Name: "LabelFailed", Unit: "Count" },
            { Name: "DetectLabelsDuration", Unit: "Milliseconds" },
          ],
        },
      ],
    },
    service: "label",
    Labelled: [1, 1],
    LabelFailed: 7,
    DetectLabelsDuration: 12.5,
  });
});
