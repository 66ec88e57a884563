//! Ways out of a VPC.

use crate::doctor::{Finding, chain::Function};

pub fn check(function: &Function) -> Option<Finding> {
    const TABLE: &str = "a gateway endpoint for DynamoDB";
    if !function.is_in_vpc {
        return None;
    }
    let (services, endpoints) = if function.next().is_empty() {
        ("DynamoDB", TABLE.to_owned())
    } else {
        ("DynamoDB and Lambda", format!("{TABLE} and an interface endpoint for Lambda"))
    };
    Some(Finding::advice(
        format!("it is in a VPC: whether it reaches {services} from there cannot be told"),
        format!("its subnets need {endpoints}, or a NAT gateway"),
    ))
}
