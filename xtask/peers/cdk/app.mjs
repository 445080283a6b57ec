// The stack that `cargo xtask synth` writes, as somebody would write it for the CDK: the same functions, roles, tables,
// log groups, machines, rule, dead letters and parameters. It is measured by `cargo xtask bench synth --peers` and
// deployed by nobody.

import {
  App, Aws, CfnParameter, Duration, RemovalPolicy, Stack,
  aws_dynamodb as dynamodb, aws_events as events, aws_events_targets as targets, aws_iam as iam, aws_kms as kms,
  aws_lambda as lambda, aws_logs as logs, aws_s3 as s3, aws_sqs as sqs, aws_stepfunctions as sfn,
  aws_stepfunctions_tasks as tasks,
} from "aws-cdk-lib";

const app = new App({ analyticsReporting: false });
const stack = new Stack(app, "ai-chef-local", { env: { region: "ap-northeast-2" } });
const named = (name) => `${name}-local`;

const parameter = (id, description) => new CfnParameter(stack, id, { description }).valueAsString;
const bucket = s3.Bucket.fromBucketName(
  stack, "Artifacts", parameter("ArtifactsBucket", "The bucket that holds the functions' code"),
);
const key = kms.Key.fromKeyArn(stack, "Key", "arn:aws:kms:ap-northeast-2:000000000000:key/00000000-0000-0000-0000-000000000000");

const logGroup = (id, logGroupName) => new logs.LogGroup(stack, id, {
  logGroupName, retention: logs.RetentionDays.ONE_DAY, encryptionKey: key, removalPolicy: RemovalPolicy.DESTROY,
});

const table = (id, tableName, partitionKey, restorable) => new dynamodb.Table(stack, id, {
  tableName,
  partitionKey: { name: partitionKey, type: dynamodb.AttributeType.STRING },
  billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
  timeToLiveAttribute: "TTL",
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: restorable },
  encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED,
  encryptionKey: key,
  removalPolicy: RemovalPolicy.DESTROY,
});
const sessions = table("SessionsTable", named("ai-chef-sessions"), "sessionId", true);
const results = table("ResultsTable", named("ai-chef-results"), "sessionId", true);
const prices = table("PricesTable", named("ai-chef-prices"), "key", false);

const func = (id, description, memorySize, timeout_s, environment) => {
  const role = new iam.Role(stack, `${id}Role`, {
    assumedBy: new iam.ServicePrincipal("lambda.amazonaws.com"), description,
  });
  const logGroupOfIt = logGroup(`${id}Logs`, `/aws/lambda/${named(id)}`);
  logGroupOfIt.grantWrite(role);
  return new lambda.Function(stack, id, {
    functionName: named(id),
    description,
    code: lambda.Code.fromBucket(bucket, parameter(`${id}CodeKey`, "The key of a function's code")),
    handler: "bootstrap",
    runtime: lambda.Runtime.PROVIDED_AL2023,
    architecture: lambda.Architecture.X86_64,
    memorySize,
    timeout: Duration.seconds(timeout_s),
    role,
    environment: { AI_CHEF_ENVIRONMENT: "local", ...environment },
    logGroup: logGroupOfIt,
    loggingFormat: lambda.LoggingFormat.JSON,
    systemLogLevelV2: lambda.SystemLogLevel.INFO,
    applicationLogLevelV2: lambda.ApplicationLogLevel.INFO,
    tracing: lambda.Tracing.ACTIVE,
  });
};

const allow = (sid, actions, resources, conditions) => new iam.PolicyStatement({ sid, actions, resources, conditions });

const recipe = func("RecipeGenerator", "Builds a recipe from a profile", 1024, 30, {
  BEDROCK_REGION: "us-east-1",
  BEDROCK_MODEL_ID: "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
  BEDROCK_MAX_TOKENS: "2000",
});
const model = "anthropic.claude-sonnet-4-5-20250929-v1:0";
recipe.addToRolePolicy(allow("AskTheModel", ["bedrock:InvokeModel"], [
  `arn:${Aws.PARTITION}:bedrock:us-east-1:${Aws.ACCOUNT_ID}:inference-profile/global.${model}`,
  `arn:${Aws.PARTITION}:bedrock:us-east-1::foundation-model/${model}`,
  `arn:${Aws.PARTITION}:bedrock:::foundation-model/${model}`,
]));

const secrets = ["naver-client-id", "naver-client-secret"].map(named);
const price = func("PriceFetcher", "Prices the ingredients of an order", 512, 20, {
  PRICE_SOURCES: JSON.stringify([{
    source: "naver", baseUrl: "http://127.0.0.1", keyParameters: secrets, concurrency: 10, perSecond: 10, perDay: 24000,
    freshS: 3600,
  }]),
  PRICES_TABLE: prices.tableName,
});
const secretArns = secrets.map(
  (name) => `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:parameter/${name}`,
);
price.addToRolePolicy(allow("ReadSecrets", ["ssm:GetParameter"], secretArns));
price.addToRolePolicy(allow("DecryptSecrets", ["kms:Decrypt"], [key.keyArn], {
  StringEquals: { "kms:EncryptionContext:PARAMETER_ARN": secretArns },
}));
prices.grant(price, "dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem");

const combine = func("ResultCombiner", "Stores a meal plan and completes its session", 256, 10, {
  RESULTS_TABLE: results.tableName,
  SESSIONS_TABLE: sessions.tableName,
});
results.grant(combine, "dynamodb:PutItem");
sessions.grant(combine, "dynamodb:UpdateItem", "dynamodb:GetItem");

// Nothing retries by itself: every retrier is said.
const lambdaTrouble = {
  errors: [
    "Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
  ],
  interval: Duration.seconds(1),
  maxAttempts: 3,
  backoffRate: 2,
  maxDelay: Duration.seconds(10),
  jitterStrategy: sfn.JitterType.FULL,
};
const never = (...errors) => ({ errors, maxAttempts: 0 });

const task = (id, lambdaFunction, timeout_s, payload, more = {}) => new tasks.LambdaInvoke(stack, id, {
  ...more,
  lambdaFunction,
  payload: sfn.TaskInput.fromObject(payload),
  payloadResponseOnly: true,
  retryOnServiceExceptions: false,
  taskTimeout: sfn.Timeout.duration(Duration.seconds(timeout_s)),
});
const path = sfn.JsonPath;
const ids = { sessionId: path.stringAt("$.sessionId"), executionId: path.stringAt("$$.Execution.Id") };

const failSession = (id, { sessionId, error, cause, failedAt }) => new tasks.DynamoUpdateItem(stack, id, {
  table: sessions,
  key: { sessionId: tasks.DynamoAttributeValue.fromString(sessionId) },
  conditionExpression: "attribute_exists(#sessionId) AND #status = :pending",
  updateExpression: "SET #status = :failed, #error = :error, #cause = :cause, #failedAt = :failedAt",
  expressionAttributeNames: {
    "#sessionId": "sessionId", "#status": "status", "#error": "error", "#cause": "cause", "#failedAt": "failedAt",
  },
  expressionAttributeValues: {
    ":pending": tasks.DynamoAttributeValue.fromString("pending"),
    ":failed": tasks.DynamoAttributeValue.fromString("failed"),
    ":error": tasks.DynamoAttributeValue.fromString(error),
    ":cause": tasks.DynamoAttributeValue.fromString(cause),
    ":failedAt": tasks.DynamoAttributeValue.fromString(failedAt),
  },
  resultPath: path.DISCARD,
  taskTimeout: sfn.Timeout.duration(Duration.seconds(10)),
}).addRetry(never("DynamoDB.ConditionalCheckFailedException")).addRetry({
  errors: ["States.ALL"],
  interval: Duration.seconds(1),
  maxAttempts: 3,
  backoffRate: 2,
  maxDelay: Duration.seconds(10),
  jitterStrategy: sfn.JitterType.FULL,
});

const machine = (id, name, comment, timeout_s, definition) => new sfn.StateMachine(stack, id, {
  stateMachineName: named(name),
  comment,
  timeout: Duration.seconds(timeout_s),
  definitionBody: sfn.DefinitionBody.fromChainable(definition),
  logs: {
    destination: logGroup(`${id}Logs`, `/aws/vendedlogs/states/${named(name)}`),
    level: sfn.LogLevel.ERROR,
    includeExecutionData: false,
  },
  tracingEnabled: true,
});

const orderFailed = new sfn.Fail(stack, "OrderFailed", { errorPath: "$.failure.Error", causePath: "$.failure.Cause" });
const handleFailure = failSession("HandleFailure", {
  sessionId: path.stringAt("$.sessionId"),
  error: path.stringAt("$.failure.Error"),
  cause: path.stringAt("$.failure.Cause"),
  failedAt: path.stringAt("$$.State.EnteredTime"),
}).addCatch(orderFailed, { resultPath: "$.unrecorded" });
handleFailure.next(orderFailed);

const generateRecipe = task("GenerateRecipe", recipe, 45, { ...ids, profile: path.objectAt("$.profile") })
  .addRetry(lambdaTrouble);
const fetchPrices = task("FetchPrices", price, 35, { ...ids, ingredients: path.objectAt("$.ingredients") })
  .addRetry(lambdaTrouble)
  .addRetry({ ...lambdaTrouble, errors: ["RATE_LIMIT_EXCEEDED"], maxAttempts: 2 });
const combineResults = task("CombineResults", combine, 25, {
  ...ids, recipe: path.objectAt("$.results.recipe"), pricing: path.objectAt("$.results.pricing"),
})
  .addRetry(never("SESSION_CLOSED", "RESULT_TOO_LARGE"))
  .addRetry(lambdaTrouble)
  .addRetry({ errors: ["States.TaskFailed"], interval: Duration.seconds(2), maxAttempts: 3, backoffRate: 2 })
  .addCatch(handleFailure, { resultPath: "$.failure" });
const priceRecipe = task("PriceRecipe", price, 35, {
  ...ids,
  ingredients: path.objectAt("$.ingredients"),
  recipeIngredients: path.objectAt("$.results.recipe.ingredients"),
  pricing: path.objectAt("$.results.pricing"),
}, { resultPath: "$.results.pricing" })
  .addRetry({ ...lambdaTrouble, maxAttempts: 1 })
  .addCatch(combineResults, { resultPath: "$.secondPass" });
const cook = new sfn.Parallel(stack, "ParallelProcessing", {
  resultSelector: { recipe: path.objectAt("$[0]"), pricing: path.objectAt("$[1]") },
  resultPath: "$.results",
})
  .branch(generateRecipe, fetchPrices)
  .addCatch(handleFailure, { resultPath: "$.failure" })
  .next(priceRecipe)
  .next(combineResults);
const workflow = machine(
  "StateMachine", "ai-chef-recipe-generation", "AI Chef Recipe Generation Workflow", 594, cook,
);

const closer = machine(
  "Closer", "ai-chef-session-closer",
  "AI Chef session closer: fails a session whose execution ended without doing so", 107,
  failSession("CloseSession", {
    sessionId: path.stringAt("$.sessionId"),
    error: path.stringAt("$.status"),
    cause: "the execution ended without closing its session",
    failedAt: path.stringAt("$$.State.EnteredTime"),
  }),
);

const deadLetters = new sqs.Queue(stack, "CloserDeadLetters", {
  queueName: named("ai-chef-session-closer-dead-letters"),
  encryptionMasterKey: key,
  retentionPeriod: Duration.days(14),
});
new events.Rule(stack, "CloserRule", {
  ruleName: named("ai-chef-session-closer"),
  description: "Executions that ended without success: their sessions are closed",
  eventPattern: {
    source: ["aws.states"],
    detailType: ["Step Functions Execution Status Change"],
    detail: { stateMachineArn: [workflow.stateMachineArn], status: ["FAILED", "TIMED_OUT", "ABORTED"] },
  },
  targets: [new targets.SfnStateMachine(closer, {
    input: events.RuleTargetInput.fromObject({
      sessionId: events.EventField.fromPath("$.detail.name"), status: events.EventField.fromPath("$.detail.status"),
    }),
    deadLetterQueue: deadLetters,
    retryAttempts: 185,
    maxEventAge: Duration.hours(24),
  })],
});
