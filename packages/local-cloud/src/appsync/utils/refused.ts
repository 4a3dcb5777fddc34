/** Members of AWS's library that this one does not have, with the reason. The compiler reports their use at load. */
export const REFUSED: Readonly<Record<string, string>> = {
  "util.rds": "no data source of this kind runs locally",
  "util.transform.toElasticsearchQueryDSL": "no data source of this kind runs locally",
  "@aws-appsync/utils/rds": "no data source of this kind runs locally",
  "@aws-appsync/utils/ai": "no data source of this kind runs locally",
  "@aws-appsync/utils/dynamodb.sync": "AWS declares it and refuses it",
};
