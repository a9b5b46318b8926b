// Package spark runs the sandbox's statements on real Apache Spark with Delta Lake, over Spark Connect. It is for
// tests only: it is not in the drt binary. install.sh brings Spark; Start runs one server, New puts wire.Engine in
// front of it.
//
// What a SQL warehouse has and open-source Spark lacks is answered or rewritten here, on tokens: catalogs other than
// spark_catalog, volumes, information_schema, a DELETE with a subquery, the row counts of INSERT, parameters (as typed
// literals: binding them is broken behind Delta's parser). Everything else goes to Spark as it is.
package spark
