//! Foreign templates: what is read, and what is refused with its place.

use serde_json::json;

use super::*;

fn read(text: &str) -> Foreign {
    Foreign::read(text).unwrap_or_else(|error| panic!("{error}"))
}

/// The properties of the resource `R`.
#[track_caller]
fn properties(text: &str) -> Json {
    let resolved = read(text).resolve(Some("eu-west-1")).unwrap();
    let own = resolved.resources.into_iter().find(|own| own.id == "R");
    own.unwrap().properties
}

#[test]
fn short_tags_are_what_their_long_form_says() {
    let yaml = r#"
Resources:
  R:
    Type: A
    Properties:
      a: !Ref Table
      b: !GetAtt Table.StreamArn.x
      c: !GetAtt [Table, Arn]
      d: !Sub "${Table}-x"
      e: !Sub ["${v}", {v: !Ref Table}]
      f: !Join ["-", [!Ref "AWS::StackName", b]]
      g: !If [Cond, !Ref A, !Ref "AWS::NoValue"]
      h: !ImportValue
        Fn::Sub: "${AWS::StackName}-x"
      i: !Select [0, !Split [",", "a,b"]]
      j: !FindInMap [M, a, b]
      k: !Condition Cond
      l: !Custom text
      m: !!str 12
"#;
    let expected = json!({
        "a": {"Ref": "Table"},
        "b": {"Fn::GetAtt": ["Table", "StreamArn.x"]},
        "c": {"Fn::GetAtt": ["Table", "Arn"]},
        "d": {"Fn::Sub": "${Table}-x"},
        "e": {"Fn::Sub": ["${v}", {"v": {"Ref": "Table"}}]},
        "f": {"Fn::Join": ["-", [{"Ref": "AWS::StackName"}, "b"]]},
        "g": {"Fn::If": ["Cond", {"Ref": "A"}, {"Ref": "AWS::NoValue"}]},
        "h": {"Fn::ImportValue": {"Fn::Sub": "${AWS::StackName}-x"}},
        "i": {"Fn::Select": [0, {"Fn::Split": [",", "a,b"]}]},
        "j": {"Fn::FindInMap": ["M", "a", "b"]},
        "k": {"Condition": "Cond"},
        "l": "text",
        "m": "12",
    });
    assert_eq!(read(yaml).template()["Resources"]["R"]["Properties"], expected);
}

#[test]
fn plain_texts_are_what_they_look_like() {
    let yaml = "
Resources:
  R:
    Type: A
    Properties: {a: 1, b: 1.5, c: true, d: ~, e: 012, f: 2010-09-09, g: '1', h: no, 1: i, j: 1e400}
";
    let expected = json!({
        "a": 1, "b": 1.5, "c": true, "d": null, "e": "012", "f": "2010-09-09", "g": "1", "h": "no", "1": "i", "j": "1e400",
    });
    assert_eq!(read(yaml).template()["Resources"]["R"]["Properties"], expected);
}

/// Public templates that are deployed are written so.
#[test]
fn brackets_may_close_at_the_indentation_of_their_key() {
    let yaml = "
Resources:
  R:
    Type: A
    Properties: {
      a: [
        1
      ],
    }
    Condition: C
";
    assert_eq!(read(yaml).template()["Resources"]["R"]["Properties"], json!({"a": [1]}));
}

#[test]
fn aliases_and_merged_mappings_are_filled_in() {
    let yaml = "
x: &defaults {a: 1, b: 2}
Resources:
  R: {Type: A, Properties: {<<: *defaults, b: 3, c: *defaults}}
";
    let expected = json!({"a": 1, "b": 3, "c": {"a": 1, "b": 2}});
    assert_eq!(read(yaml).template()["Resources"]["R"]["Properties"], expected);
}

#[test]
fn what_functions_give_is_filled_in() {
    let text = r#"
Parameters:
  Stage: {Type: String, Default: dev}
  Secret: {Type: String, Default: ""}
  Image: {Type: "AWS::SSM::Parameter::Value<String>", Default: /image}
  Topics: {Type: CommaDelimitedList, Default: "a, b"}
Mappings: {M: {a: {b: 5}}}
Resources:
  F: {Type: AWS::Lambda::Function, Properties: {FunctionName: !Sub "cook-${Stage}"}}
  G: {Type: AWS::Serverless::Function}
  S: {Type: AWS::StepFunctions::StateMachine}
  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: orders}}
  T: {Type: AWS::SNS::Topic}
  L: {Type: AWS::Lambda::Function, Properties: {FunctionName: !Ref L}}
  R:
    Type: A
    Properties:
      a: !Ref F
      b: !GetAtt F.Arn
      c: !Ref G
      d: !Ref S
      e: !Ref Q
      f: !GetAtt Q.QueueName
      g: !Ref T
      h: !Sub "${Stage}/${Secret}/${Image}/${AWS::Region}/${!Literal}/${F.Arn}/${x"
      i: !Ref Topics
      j: !FindInMap [M, a, b]
      k: !Select [1, [a, b]]
      l: !If [C, [a], [b]]
      m: !If [C, 1, 2]
      n: !Ref AWS::NoValue
      o: !Ref Nothing
      p: !Ref L
      q: !ImportValue x
      r: [!Ref AWS::NoValue, a]
"#;
    let arn = "arn:aws:lambda:eu-west-1:123456789012:function:cook-dev";
    let expected = json!({
        "a": "cook-dev",
        "b": arn,
        "c": "stack-G-generated",
        "d": "arn:aws:states:eu-west-1:123456789012:stateMachine:stack-S-generated",
        "e": "https://sqs.eu-west-1.amazonaws.com/123456789012/orders",
        "f": "orders",
        "g": "arn:aws:sns:eu-west-1:123456789012:stack-T-generated",
        "h": format!("dev/${{Secret}}/${{Image}}/eu-west-1/${{Literal}}/{arn}/${{x"),
        "i": ["a", "b"],
        "j": 5,
        "k": "b",
        "l": ["a", "b"],
        "m": "${Fn::If}",
        "o": "${Nothing}",
        "p": "${L}",
        "q": "${Fn::ImportValue}",
        "r": ["a"],
    });
    assert_eq!(properties(text), expected);
    let resolved = read(text).resolve(None).unwrap();
    let own = resolved.resources.iter().find(|own| own.id == "R").unwrap();
    assert_eq!(own.refers_to, ["F", "G", "L", "Q", "S", "T"]);
}

#[test]
fn globals_reach_functions() {
    let text = "
Globals: {Function: {Timeout: 30, LoggingConfig: {LogFormat: JSON, ApplicationLogLevel: WARN}}}
Resources:
  R: {Type: AWS::Serverless::Function, Properties: {LoggingConfig: {ApplicationLogLevel: INFO}}}
";
    let expected =
        json!({"Timeout": 30, "LoggingConfig": {"LogFormat": "JSON", "ApplicationLogLevel": "INFO"}});
    assert_eq!(properties(text), expected);
}

#[test]
fn what_is_no_resource_is_skipped_with_its_reason() {
    let text = r#"{"Resources": {"A": 1, "B": {"Type": 2}, "Fn::ForEach::X": ["a", [], {}], "R": {"Type": "x", "Properties": []}}}"#;
    let resolved = read(text).resolve(None).unwrap();
    let skipped: Vec<_> = resolved.skipped.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(skipped, ["A", "B", "Fn::ForEach::X"]);
    assert_eq!(resolved.resources.len(), 1);
}

#[track_caller]
fn refused(text: &str, place: &str, message: &str) {
    let started = std::time::Instant::now();
    let error = Foreign::read(text).map(|own| own.resolve(None).map(drop)).and_then(std::convert::identity);
    let error = error.unwrap_err();
    assert!(error.place.contains(place) && error.message.contains(message), "{error}");
    assert!(!error.hint.is_empty());
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

#[test]
fn what_is_no_template_is_refused_with_its_place() {
    for (text, place, message) in [
        ("", "line 1", "empty"),
        ("just a text", "/", "no mapping"),
        ("[1, 2]", "/", "no mapping"),
        ("{}", "/", "no `Resources`"),
        ("Resources: [a]", "/Resources", "no mapping"),
        ("service: x\nprovider: {name: aws}\nresources: {}", "/", "a tool"),
        ("{\"app\": \"npx ts-node\"}", "/", "no `Resources`"),
        ("{\"Resources\": {", "line 1 column", "EOF"),
        ("{\"Resources\": {\"A\": 1,\n \"A\": 2}}", "line 2 column", "\"A\" stands twice"),
        ("Resources:\n  A: 1\n  A: 2\n", "line 3 column 3", "\"A\" stands twice"),
        ("Resources:\n\t- x", "line 2", ""),
        ("Resources: {}\n---\nResources: {}", "line 2", "a second document"),
        ("Resources:\n  ? [a]\n  : b\n", "line 2", "a list or a mapping"),
        ("Resources: &a [*a]", "line 1", "not complete"),
        ("Resources: *nothing", "line 1", ""),
        ("\u{0}\u{1}\u{2}", "", ""),
    ] {
        refused(text, place, message);
    }
}

#[test]
fn hostile_sizes_are_refused_quickly() {
    refused(&" ".repeat(MAX_BYTES + 1), "line 1", "has at most");
    let bomb: String = (1..30).fold("a0: &a0 [x, x, x]\n".to_owned(), |bomb, n| {
        let before = format!("*a{}", n - 1);
        bomb + &format!("a{n}: &a{n} [{}]\n", [before.as_str(); 9].join(", "))
    });
    refused(&bomb, "line", "aliases stand for more");
    let long = format!("a: &a {}\nb: [{}]", "x".repeat(400_000), ["*a"; 1_000].join(", "));
    refused(&long, "line 2", "aliases stand for more");
    for (open, length) in
        [("[", 1), ("{a: ", 4), ("- ", 2), ("{\"a\":", 5), ("? ", 2), ("!Sub [", 6), ("{? [", 4)]
    {
        refused(&open.repeat(1_000_000 / length), "", "");
    }
    refused(&format!("{{\"Resources\": {}", "[".repeat(1_000_000)), "line 1", "recursion");
    let parameter = format!(
        "Parameters: {{P: {{Type: String, Default: {}}}}}\nResources: {{R: {{Type: A, Properties: {{a: !Sub \"{}\"}}}}}}",
        "x".repeat(4_000),
        "${P}".repeat(200_000)
    );
    refused(&parameter, "/Resources", "grows beyond");
    let joined = format!(
        "Resources: {{R: {{Type: A, Properties: {{a: !Join [{}, [{}]]}}}}}}",
        "x".repeat(400_000),
        vec!["1"; 100_000].join(", ")
    );
    refused(&joined, "/Resources", "grows beyond");
    let found = format!(
        "Mappings: {{M: {{a: {{b: [{}]}}}}}}\nResources: {{R: {{Type: A, Properties: {{a: [{}]}}}}}}",
        "x".repeat(400_000),
        vec!["!FindInMap [M, a, b]"; 20_000].join(", ")
    );
    refused(&found, "/Resources", "grows beyond");
}

/// Names that depend on the next one, 400 of them, each `before`, a reference, and `after`.
fn chain(before: &str, after: &str) -> String {
    let names = (0..400).map(|n| {
        let next = n + 1;
        format!(
            "  F{n}: {{Type: AWS::Lambda::Function, Properties: {{FunctionName: {before}!Ref F{next}{after}}}}}\n"
        )
    });
    let begin = "Resources:\n  R: {Type: A, Properties: {a: !Ref F0}}\n";
    std::iter::once(begin.to_owned()).chain(names).collect()
}

#[test]
fn a_long_chain_of_names_is_cut() {
    let nested = chain(&"!Join [\"\", [".repeat(25), &"]]".repeat(25));
    let doubled = chain("!Sub [\"${x}${x}\", {x: ", "}]");
    for text in [chain("", ""), nested, doubled] {
        let own = properties(&text);
        assert!(own["a"].as_str().unwrap().contains("${"), "{own}");
    }
}

#[test]
fn a_template_of_a_megabyte_is_read() {
    let topics = |count: usize, pad: usize| {
        let pad = "x".repeat(pad);
        (0..count).fold("Resources:\n".to_owned(), |text, n| {
            text + &format!(
                "  A{n}: {{Type: AWS::SNS::Topic, Properties: {{TopicName: !Sub \"t-{n}\", x: {pad}}}}}\n"
            )
        })
    };
    let text = topics(500, 2_000);
    assert!(text.len() > 1_000_000);
    assert_eq!(read(&text).resolve(None).unwrap().resources.len(), 500);
    refused(&topics(501, 1), "/Resources", "501 resources");
}

#[test]
fn mutated_templates_are_read_or_refused() {
    let samples = [
        "Parameters: {P: {Type: String, Default: a}}\nGlobals: {Function: {Timeout: 3}}\nx: &x {a: 1}\nResources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties: {FunctionName: !Sub \"${P}-f\", <<: *x}\n  R:\n    Type: A\n    Properties: {a: !GetAtt F.Arn, b: !If [C, !Ref F, !Ref AWS::NoValue], c: !Join [\"-\", [a, !Ref P]]}\n",
        r#"{"Resources": {"R": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Fn::Sub": ["${a}-${R.TopicName}", {"a": {"Ref": "AWS::Region"}}]}}}}}"#,
    ];
    let words = [
        "&x ",
        "*x",
        "!Ref ",
        "!Sub ",
        "${",
        "}",
        "<<: *x",
        "- ",
        "? ",
        ": ",
        "|\n",
        ">-\n",
        "\t",
        "---\n",
        "%TAG ! x\n",
        "Fn::Join",
        "Fn::Select",
        "Resources",
        "AWS::Serverless::Function",
        "\"R\"",
    ];
    mutations::check(&samples, &words, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        if let Ok(own) = Foreign::read(&text) {
            let _resolved = own.resolve(Some("eu-west-1"));
        }
    });
}
