/** Resolvers log this word with an answer Internal. A filter of the API's log counts it in the metric of this name. */
export const resolverFault = "ResolverFaults";
