//! Columns from their description: a tree in preorder, as src/codec/columns draws it.

use std::slice::Iter;
use std::sync::Arc;

use arrow_buffer::NullBufferBuilder;
use arrow_schema::{DataType, Field};

use crate::column::{Column, Member, Values};
use crate::fault::{Code, Fault};
use crate::number::{DIGITS_MAX, INT64_DIGITS};

/// One node of the description.
pub struct Node {
    pub name: String,
    /// The name of the member in JSON, which two columns of one group may share.
    pub member: String,
    pub kind: String,
    pub nullable: bool,
    pub precision: u32,
    pub scale: u32,
    /// How many of the nodes that follow are its own; those of a table are its one element.
    pub children: u32,
}

/// Levels that lie inside each other; a copybook's are at most 49, each with its table.
const DEPTH_MAX: u32 = 128;

fn refuse(text: String) -> Fault {
    Fault::new(Code::Columns, text)
}

/// The columns of `nodes`.
pub fn members_of(nodes: &[Node]) -> Result<Vec<Member>, Fault> {
    let mut rest = nodes.iter();
    let mut members = Vec::new();
    while rest.len() > 0 {
        members.push(next_member(&mut rest, 0)?);
    }
    if members.iter().all(|member| member.column.is_nothing()) {
        return Err(refuse("a record without a named item has no columns".into()));
    }
    Ok(members)
}

fn next_member(rest: &mut Iter<'_, Node>, depth: u32) -> Result<Member, Fault> {
    let node = rest.next().ok_or_else(|| refuse("the tree of columns ends early".into()))?;
    if depth == DEPTH_MAX {
        return Err(refuse(format!("{}: more than {DEPTH_MAX} levels of columns", node.name)));
    }
    let mut children = Vec::new();
    for _ in 0..node.children {
        children.push(next_member(rest, depth + 1)?);
    }
    let values = values_of(node, children)?;
    let is_list_of_nothing = matches!(&values, Values::List { item, .. } if item.is_nothing());
    let values = if is_list_of_nothing { Values::Nothing { len: 0 } } else { values };
    let field = Arc::new(Field::new(&node.name, type_of(&values), node.nullable));
    let nulls = NullBufferBuilder::new(0);
    Ok(Member { name: node.member.clone(), column: Column { field, nullable: node.nullable, nulls, values } })
}

fn values_of(node: &Node, mut children: Vec<Member>) -> Result<Values, Fault> {
    let values = match node.kind.as_str() {
        "struct" if children.iter().all(|child| child.column.is_nothing()) => Values::Nothing { len: 0 },
        "struct" => Values::Struct { members: children, len: 0 },
        "list" => match (children.pop(), children.is_empty()) {
            (Some(item), true) => Values::List { ends: Vec::new(), item: Box::new(item.column) },
            _ => return Err(refuse(format!("{}: a list has one element", node.name))),
        },
        kind if !children.is_empty() => return Err(refuse(format!("{}: {kind} has no members", node.name))),
        "utf8" => Values::Utf8 { ends: Vec::new(), bytes: Vec::new() },
        "int32" => Values::Int32(Vec::new()),
        "int64" => Values::Int64(Vec::new()),
        "float32" => Values::Float32(Vec::new()),
        "float64" => Values::Float64(Vec::new()),
        "decimal" if node.precision >= 1 && node.precision <= DIGITS_MAX && node.scale <= node.precision => {
            let (precision, scale) = (node.precision as u8, node.scale as i8);
            if node.precision > INT64_DIGITS {
                Values::WideDecimal { values: Vec::new(), precision, scale }
            } else {
                Values::Decimal { values: Vec::new(), precision, scale }
            }
        }
        "decimal" => {
            let (precision, scale) = (node.precision, node.scale);
            return Err(refuse(format!("{}: decimal({precision}, {scale}) is none", node.name)));
        }
        kind => return Err(refuse(format!("{}: there are no columns of {kind}", node.name))),
    };
    Ok(values)
}

fn type_of(values: &Values) -> DataType {
    match values {
        Values::Utf8 { .. } => DataType::Utf8,
        Values::Decimal { precision, scale, .. } | Values::WideDecimal { precision, scale, .. } => {
            DataType::Decimal128(*precision, *scale)
        }
        Values::Int32(_) => DataType::Int32,
        Values::Int64(_) => DataType::Int64,
        Values::Float32(_) => DataType::Float32,
        Values::Float64(_) => DataType::Float64,
        Values::Struct { members, .. } => DataType::Struct(
            members.iter().filter(|member| !member.column.is_nothing()).map(|m| m.column.field.clone()).collect(),
        ),
        Values::List { item, .. } => DataType::List(item.field.clone()),
        Values::Nothing { .. } => DataType::Null,
    }
}
