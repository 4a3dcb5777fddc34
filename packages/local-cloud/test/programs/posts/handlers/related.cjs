// The titles say how many contexts came with the invocation.
exports.handler = async (contexts) =>
  contexts.map(({ source }) =>
    source.id === "2"
      ? { data: null, errorMessage: `nothing is related to ${source.title}`, errorType: "NoneRelated" }
      : { data: [{ id: `${source.id}-1`, title: `one of ${contexts.length}` }] },
  );
